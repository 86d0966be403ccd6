import { hash32 } from '../../src/core/random.ts';
import { busy } from './busy.ts';
import { type FaultKind, faultOf, startFails } from './faults.ts';
import { answerOf, type Job, type MakeJob, type PauseJob, type WorkJob } from './job.ts';
import { readSetting } from './setting.ts';
import { strike } from './strike.ts';

const setting = readSetting();

if (setting && !setting.ledger.isCalm() && startFails(setting.plan, setting.ledger.threadStarted())) {
  throw new Error('injected: the task module did not load');
}

/** The one task module of the benchmark: every contender runs this very function. */
export default function run(job: Job): unknown {
  if (typeof job === 'number') return job;
  switch (job.kind) {
    case 'busy':
      busy(job.rounds);
      return answerOf(job.id);
    case 'work':
      return work(job);
    case 'pause':
      return pause(job);
    case 'payload':
      return job.bytes.byteLength;
    case 'make':
      return make(job);
    case 'meet':
      return setting!.ledger.meet(job.parties, job.limitMs);
    case 'hold':
      setting!.ledger.hold(job.limitMs);
      return 0;
    case 'stamp':
      setting!.ledger.stamp(job.what === 'die' ? 'death' : 'start');
      if (job.what === 'die') process.exit(7);
      return 0;
  }
}

/** The fault strikes half-way through the work, so half of it is lost with the attempt. */
function work(job: WorkJob): number | Promise<number> {
  const { ledger, plan, slowRounds } = setting!;
  const start = ledger.started(job.id);
  const fault = ledger.isCalm() ? undefined : faultOf(plan, job.id, start);
  const spoil = (kind: FaultKind) => strike(kind, answerOf(job.id), hash32(job.id, start), slowRounds);
  const half = Math.floor(job.rounds / 2);
  busy(half);
  if (fault) {
    ledger.struck(job.id, fault);
    if (fault !== 'slow' && fault !== 'corrupt') return spoil(fault);
  }
  busy(job.rounds - half);
  const answer = fault ? spoil(fault) : answerOf(job.id);
  ledger.finished(job.id);
  return answer;
}

function pause({ id, rounds, ms, slowMs }: PauseJob): number {
  const { ledger, plan } = setting!;
  const isSlow = faultOf(plan, id, ledger.started(id)) === 'slow';
  busy(rounds);
  const waitMs = isSlow ? slowMs : ms;
  if (waitMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
  ledger.finished(id);
  return answerOf(id);
}

function make({ id, what, length }: MakeJob): unknown {
  switch (what) {
    case 'objects':
      return Array.from({ length }, (_, i) => ({ row: i, value: answerOf(id + i), name: `row ${i}` }));
    case 'text':
      return 'x'.repeat(length - 10) + String(id).padStart(10, '0');
    case 'numbers':
      return new Float64Array(length).fill(answerOf(id));
  }
}
