/** The shortest task that reads its input and gives something back. */
export default function square({ n }: { n: number }): { n: number; square: number } {
  return { n, square: n * n };
}
