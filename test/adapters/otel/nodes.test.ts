import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { context as otelContext, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { otel } from '../../../src/adapters/otel/index.ts';
import type { Place } from '../../fixtures/traced-tasks.ts';
import { clusters } from '../../nodes/pool.ts';

const filename = new URL('../../fixtures/traced-tasks.js', import.meta.url);
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const manager = new AsyncLocalStorageContextManager();

describe('a task that is traced, on a node', () => {
  const cluster = clusters();
  before(() => otelContext.setGlobalContextManager(manager.enable()));
  after(() => {
    otelContext.disable();
    manager.disable();
  });

  it('is a span below that of its caller, its attempt is one below that, and the thread of the node knows it', async () => {
    const one = cluster();
    await one.node({ filename: filename.href, beat: 20 });
    await using pool = one.pool<typeof import('../../fixtures/traced-tasks.js')>({
      filename,
      threads: 1,
      spares: 0,
      tracing: otel({ tracerProvider }),
    });
    const caller = tracerProvider.getTracer('test').startSpan('caller');
    const place = (await otelContext.with(trace.setSpan(otelContext.active(), caller), () => pool.run(undefined as never))) as Place;
    caller.end();
    const named = (name: string) => exporter.getFinishedSpans().find((span) => span.name === name)!;
    const [task, attempt] = [named('task default'), named('attempt default')];
    assert.equal(task.parentSpanContext?.spanId, caller.spanContext().spanId);
    assert.equal(attempt.parentSpanContext?.spanId, task.spanContext().spanId);
    const { traceId, spanId } = attempt.spanContext();
    assert.equal(place.traceparent, `00-${traceId}-${spanId}-01`);
    assert.deepEqual([place.active, place.later], [`${traceId}/${spanId}`, `${traceId}/${spanId}`]);
  });
});
