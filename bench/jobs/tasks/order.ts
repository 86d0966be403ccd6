interface Row {
  readonly id: string;
  readonly price: string;
  readonly quantity: string;
  readonly note: string;
}

/** A row with its names, as `--csv` gives it. */
export default function total({ id, price, quantity, note }: Row): { id: string; total: number; note: string } {
  const cents = Math.round(Number(price) * 100) * Number(quantity);
  if (Number.isNaN(cents)) throw new Error(`Order ${id} has no price: ${price}`);
  return { id, total: cents, note };
}

/** A line of the file as a row, for tools that know lines and no CSV. It knows quotes, but it gets one line. */
export function fromLine(line: string): ReturnType<typeof total> {
  const fields = Array.from(
    line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  );
  const [id = '', price = '', quantity = '', note = ''] = fields;
  return total({ id, price, quantity, note });
}
