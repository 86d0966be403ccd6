// The file that Piscina loads in a new thread. It is CommonJS because Piscina requires before it imports, and requiring an ES
// module makes Node 20 print a warning into every user's terminal.
module.exports = async (init: import('./session.ts', { with: { 'resolution-mode': 'import' }}).SessionInit): Promise<void> => {
  const { startSession } = await import('./session.ts');
  await startSession(init);
};
