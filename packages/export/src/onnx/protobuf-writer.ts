const text = new TextEncoder();

/** Writes one protobuf message, field by field. Bytes are held by reference: large weights are copied once, in `finish`. */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** A whole number; a negative one takes ten bytes, in two's complement. */
  number(field: number, value: number | bigint): this {
    return this.#varint(BigInt(field) << 3n).#varint(BigInt.asUintN(64, BigInt(value)));
  }

  float(field: number, value: number): this {
    return this.#varint((BigInt(field) << 3n) | 5n).#push(floatBytes(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#head(field, value.length).#push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, text.encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    this.#head(field, value.#length);
    for (const chunk of value.#chunks) this.#push(chunk);
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  #head(field: number, length: number): this {
    return this.#varint((BigInt(field) << 3n) | 2n).#varint(BigInt(length));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
    return this.#push(Uint8Array.of(...bytes, Number(value)));
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

function floatBytes(value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, value, true);
  return new Uint8Array(bytes.buffer);
}
