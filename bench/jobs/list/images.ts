import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import type { RealJob } from '../job.ts';

export const images: RealJob = {
  name: 'images',
  about: '200 photographs of 1600 × 1200 points made small by sharp, a native module; two files are cut short',
  async prepare(scale) {
    const [expected, bad, paths] = [new Map<string, unknown>(), [] as string[], [] as string[]];
    for (const folder of ['photos', 'thumbs']) mkdirSync(folder);
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    const photo = await sharp({ create: { width: 1_600, height: 1_200, channels: 3, background: 'teal', noise } })
      .jpeg()
      .toBuffer();
    for (let n = 1; n <= Math.max(10, 200 * scale); n++) {
      const path = `photos/${n}.jpg`;
      paths.push(path);
      const torn = n === 4 || n === 7;
      writeFileSync(path, torn ? photo.subarray(0, 100) : photo);
      if (torn) bad.push(path);
      else expected.set(path, { id: path, width: 320, height: 240 });
    }
    writeFileSync('photos.txt', `${paths.join('\n')}\n`);
    return { expected, bad, bytes: paths.reduce((sum, path) => sum + statSync(path).size, 0) };
  },
  lines: {
    'holdfast run': 'holdfast run thumbnail.js photos.txt --lines --isolation process -o out --overwrite',
    'GNU parallel': 'parallel node each-argument.js thumbnail.js text {} :::: photos.txt > out',
    'xargs -P': "xargs -d '\\n' -P $(nproc) -n 10 node each-argument.js thumbnail.js text < photos.txt > out",
    'plain loop': 'node each-line.js thumbnail.js text < photos.txt > out',
  },
  again() {
    for (const path of readFileSync('photos.txt', 'utf8').split('\n')) rmSync(path.replace('photos', 'thumbs'), { force: true });
  },
};
