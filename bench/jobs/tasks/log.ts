const LINE = /^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\d+|-) "([^"]*)" (\d+)$/;

/** A line of a web server's log as a record. */
export default function record(line: string): Record<string, string | number | undefined> {
  const found = LINE.exec(line);
  if (found === null) throw new Error(`No line of a log: ${line}`);
  const [, address, user, time, method, path, status, bytes, agent, id] = found;
  const size = bytes === '-' ? 0 : Number(bytes);
  return { id, address, user, time, method, path, status: Number(status), bytes: size, agent };
}
