import { basename } from 'node:path';
import sharp from 'sharp';

sharp.concurrency(1); // The pool, or the tool, is what runs side by side.
sharp.cache(false);

/** Writes a small picture of a large one. */
export default async function thumbnail(path: string): Promise<{ id: string; width: number; height: number }> {
  const { width, height } = await sharp(path)
    .resize(320)
    .webp()
    .toFile(`thumbs/${basename(path)}.webp`)
    .catch((error: Error) => {
      throw new Error(`${path}: ${error.message}`);
    });
  return { id: path, width, height };
}
