const getBuiltinModule = process.getBuiltinModule.bind(process);
/** Loaded when it is needed: a thread that shares its process with the manager never does, and starts the sooner. */
let loaded: typeof import('node:v8') | undefined;
function v8(): typeof import('node:v8') {
  loaded ??= getBuiltinModule('node:v8');
  return loaded;
}

/**
 * A value as bytes, by the structured clone algorithm. Unlike `v8.serialize`, which cuts views loose from their buffers, it clones
 * `ArrayBuffer`s and their views as a message between threads does.
 *
 * @throws whatever cannot be cloned: functions, shared memory, handles
 */
export function toBytes(value: unknown): Uint8Array {
  const serializer = new (v8().Serializer)();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** The reverse of `toBytes`. @throws if `toBytes` did not make the bytes, or memory does not suffice */
export function fromBytes(bytes: Uint8Array): unknown {
  const deserializer = new (v8().Deserializer)(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Copying less than this is cheaper than moving it; bytes. */
const WORTH_MOVING = 16_384;

/** What to move along with a message to another thread: the memory of the bytes, if nothing else lies in it and it is large. */
export function moved(bytes: Uint8Array): ArrayBuffer[] {
  const { buffer, byteLength } = bytes;
  return byteLength >= WORTH_MOVING && buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : [];
}
