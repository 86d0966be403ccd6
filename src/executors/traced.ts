/**
 * Never called. Tools that copy what a program needs, as @vercel/nft does for serverless deployments, follow imports; files that only a
 * thread or a process of their own loads, or that is loaded on first use, would be left behind; so would what task modules import, which are files
 * that no file imports.
 */
export const traced = (): Promise<unknown>[] => [
  import('../thread/boot.cts'),
  import('../thread/worker.ts'),
  import('./threads/piscina.cts'),
  import('piscina'),
  import('prom-client'),
  import('./processes/cell-main.ts'),
];
