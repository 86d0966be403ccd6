import assert from 'node:assert/strict';
import { after, before, beforeEach, describe } from 'node:test';
import { createTraceState, context as otelContext, type Span, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { otel } from '../../../src/adapters/otel/index.ts';
import { Pool, type PoolOptions } from '../../../src/index.ts';
import type { Place } from '../../fixtures/traced-tasks.ts';
import { drawn, further, oneIn } from '../../soak.ts';

const it = oneIn(2, import.meta.url);

const filename = new URL('../../fixtures/traced-tasks.js', import.meta.url);
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const manager = new AsyncLocalStorageContextManager();

type Tasks = typeof import('../../fixtures/traced-tasks.js');

function open(options: Partial<PoolOptions> = {}): Pool<Tasks> {
  return new Pool<Tasks>({ filename, threads: 2, spares: 1, tracing: otel({ tracerProvider }), ...options });
}

const named = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
const idOf = (span: ReadableSpan): string => `${span.spanContext().traceId}/${span.spanContext().spanId}`;

/** Calls in a span of the caller. */
async function inSpan<T>(run: () => Promise<T>): Promise<{ readonly span: Span; readonly result: T }> {
  const span = tracerProvider.getTracer('test').startSpan('caller');
  try {
    return { span, result: await otelContext.with(trace.setSpan(otelContext.active(), span), run) };
  } finally {
    span.end();
  }
}

before(() => otelContext.setGlobalContextManager(manager.enable()));
after(() => {
  otelContext.disable();
  manager.disable();
});
beforeEach(() => exporter.reset());

for (const isolation of drawn(1, ['thread', 'process'] as const)) {
  describe(`a task that is traced, isolation: ${isolation}`, () => {
    it('is a span below that of its caller, its attempt is one below that, and the thread knows it', async () => {
      await using pool = open({ isolation });
      const { span, result } = await inSpan(() => pool.run(undefined as never) as Promise<Place>);
      const [task] = named('task default');
      const [attempt] = named('attempt default');
      assert.equal(task!.parentSpanContext?.spanId, span.spanContext().spanId);
      assert.equal(attempt!.parentSpanContext?.spanId, task!.spanContext().spanId);
      assert.equal(attempt!.spanContext().traceId, span.spanContext().traceId);
      assert.deepEqual([result.active, result.later], [idOf(attempt!), idOf(attempt!)]);
      assert.equal(result.traceparent, `00-${idOf(attempt!).replace('/', '-')}-01`);
      assert.deepEqual(
        [attempt!.attributes['holdfast.attempt'], attempt!.attributes['holdfast.end'], task!.attributes['holdfast.outcome']],
        [1, 'ok', 'ok'],
      );
      assert.equal(attempt!.events[0]?.name, 'holdfast.started');
    });

    it('that kills its thread has a span for each attempt, the later linked with the earlier', async () => {
      await using pool = open({ isolation });
      assert.equal(await pool.run(undefined as never, { name: 'twice' }), 2);
      const [first, second] = named('attempt twice');
      assert.deepEqual([first!.attributes['holdfast.end'], first!.attributes['error.type'], first!.status.code], ['crash', 'crash', 2]);
      assert.deepEqual(
        second!.links.map(({ context }) => context.spanId),
        [first!.spanContext().spanId],
      );
      assert.equal(second!.links[0]!.attributes!['holdfast.relation'], 'retry');
      assert.equal(named('task twice')[0]!.attributes['holdfast.attempts'], 2);
    });
  });
}

describe('spans', () => {
  it('of what fails have its kind and its error', async () => {
    await using pool = open({ retry: 0 });
    await assert.rejects(pool.run(undefined as never, { name: 'fail' }), RangeError);
    await assert.rejects(pool.run(undefined as never, { name: 'spin', timeout: 100 }));
    await assert.rejects(pool.run(undefined as never, { name: 'spin', timeout: { total: 150 } }));
    const [task] = named('task fail');
    assert.deepEqual([task!.attributes['error.type'], task!.status], ['error', { code: 2, message: 'no such page' }]);
    assert.equal(task!.events[0]?.attributes?.['exception.message'], 'no such page');
    assert.deepEqual(
      named('task spin').map(({ attributes }) => attributes['error.type']),
      ['timeout', 'timeout'],
    );
    await pool.close();
    const [ran, waited] = named('task spin').map((one) => {
      assert.equal(one.attributes['holdfast.attempts'], 1);
      const { traceId } = one.spanContext();
      return named('attempt spin').filter((attempt) => attempt.spanContext().traceId === traceId);
    });
    const endOf = ({ attributes }: ReadableSpan): unknown => attributes['holdfast.end'];
    assert.deepEqual(ran!.map(endOf), ['timeout']);
    // The time of the second task counts from its acceptance: on a busy machine it may be over before any thread was handed the task, or began it.
    assert.match(waited!.map(endOf).join(), /^(timeout|lost|)$/);
    for (const one of [...ran!, ...waited!])
      if (endOf(one) === 'timeout') assert.ok(one.duration[0] > 0 || one.duration[1] >= 95e6, 'what was killed took its time');
  });

  it('of tasks that travel together are each its own', async () => {
    await using pool = open({ threads: 1 });
    for (let i = 0; i < 5; i++) await pool.run(undefined as never, { name: 'now' }); // So that those which follow are known to be short.
    exporter.reset();
    const places = (await Promise.all(Array.from({ length: 50 }, () => pool.run(undefined as never, { name: 'now' })))) as Place[];
    const attempts = named('attempt now').map((span) => `00-${idOf(span).replace('/', '-')}-01`);
    assert.deepEqual(places.map(({ traceparent }) => traceparent).sort(), attempts.sort());
    assert.equal(new Set(attempts).size, 50);
  });

  it('of copies are linked with each other', async () => {
    await using pool = open();
    assert.equal(await pool.run(undefined as never, { name: 'vote', redundancy: 2 }), 7);
    await pool.close();
    const attempts = named('attempt vote');
    assert.deepEqual(attempts.map(({ attributes }) => attributes['holdfast.replica']).sort(), [0, 1]);
    const relations = attempts.map(({ links }) => links.map(({ attributes }) => attributes!['holdfast.relation']));
    // The later with the earlier. One that its thread had not begun may be taken back and sent again, after the other: then each is.
    const linked = relations.filter((of) => of.length > 0);
    assert.ok(linked.length >= 1);
    for (const of of linked) assert.deepEqual(of, ['copy']);
  });

  it('of attempts that follow one which was taken back are linked with none that has left no span', () => {
    const task = otel({ tracerProvider }).accepted({ pool: 'one', taskId: 1, name: 'again', module: undefined })!;
    const now = Date.now();
    const place = { attempt: 1, replica: 0, slot: 0, threadId: 1, sentAt: now };
    task.sent(place); // Its thread does not come to it.
    task.sent({ ...place, slot: 1 }).ended('crash', now, now);
    task.sent({ ...place, attempt: 2 }).ended('ok', now, now);
    task.settled(undefined, undefined, 2);
    const linked = named('attempt again').map(({ links }) => links.map(({ context }) => context.spanId));
    assert.deepEqual(linked, [[], [named('attempt again')[0]!.spanContext().spanId]]);
  });

  further('of the items of a map are below the span in which it was called', async () => {
    await using pool = open();
    const { span } = await inSpan(async () => {
      for await (const _ of pool.map([undefined, undefined] as never[], { name: 'now' }));
    });
    const parents = named('task now').map(({ parentSpanContext }) => parentSpanContext?.spanId);
    assert.deepEqual(parents, [span.spanContext().spanId, span.spanContext().spanId]);
  });

  it('carry the state of the trace, and whether it is sampled', async () => {
    await using pool = open();
    const far = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState('vendor=1'),
    };
    const result = (await otelContext.with(trace.setSpanContext(otelContext.active(), far), () => pool.run(undefined as never))) as Place;
    assert.equal(result.active?.split('/')[0], far.traceId);
    assert.equal(result.state, 'vendor=1');
  });

  further('are not made where nobody traces, and tasks know of none', async () => {
    await using silent = open({ tracing: otel() });
    assert.equal(((await silent.run(undefined as never)) as Place).traceparent, undefined);
    await using pool = open({ tracing: undefined });
    const result = (await pool.run(undefined as never)) as Place;
    assert.deepEqual([result.active, result.traceparent], [undefined, undefined]);
    assert.equal(exporter.getFinishedSpans().length, 0);
  });

  further('whose tracer throws harm no task', async () => {
    const broken = { module: otel().module, accepted: () => assert.fail('the tracer') };
    await using pool = open({ tracing: broken });
    assert.equal(await pool.run(undefined as never, { name: 'vote' }), 7);
  });
});
