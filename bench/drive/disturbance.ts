import { cpus } from 'node:os';

const busyMs = (): number => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
const ownMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Starts to watch the machine; what comes back tells how many cores others have kept busy since, on average. */
export function watchOthers(): () => number {
  const [busy, own, began] = [busyMs(), ownMs(), performance.now()];
  return () => Math.max(0, (busyMs() - busy - (ownMs() - own)) / (performance.now() - began));
}
