/**
 * Never called. Tools that copy what a program needs, as @vercel/nft does for serverless deployments, follow imports; files that only a
 * thread or a process of their own loads, or that is loaded when somebody first asks for it, would be left behind.
 */
export const traced = (): Promise<unknown>[] => [
  import('../thread/boot.cts'),
  import('piscina'),
  import('prom-client'),
  import('./processes/cell-main.ts'),
];
