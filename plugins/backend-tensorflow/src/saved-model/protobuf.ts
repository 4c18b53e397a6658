/** One field of a protobuf message: a number, or the bytes of a text or of a message inside. */
interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of a message, in their order. Throws a RangeError where the bytes are no message. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined || shift > 63n) throw new RangeError('a number has no end');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError('a field is longer than the message');
    return message.subarray(at, (at += length));
  };
  while (at < message.length) {
    const key = varint();
    const number = Number(key >> 3n);
    switch (Number(key & 7n)) {
      case 0: yield { number, value: varint() }; break;
      case 1: yield { number, value: bytes(8) }; break;
      case 2: yield { number, value: bytes(Number(varint())) }; break;
      case 5: yield { number, value: bytes(4) }; break;
      default: throw new RangeError('a field is of no known kind');
    }
  }
}

/** The messages inside that have this number. */
export function messagesOf(message: Uint8Array, number: number): Uint8Array[] {
  return [...fieldsOf(message)].filter((field) => field.number === number).map(({ value }) => value).filter((value) => value instanceof Uint8Array);
}

/** The last text with this number; empty where there is none, as protobuf has it. */
export function textOf(message: Uint8Array, number: number): string {
  return new TextDecoder().decode(messagesOf(message, number).at(-1));
}

/** The last number with this number; 0 where there is none. Negative ones come in two's complement. */
export function numberOf(message: Uint8Array, number: number): number {
  const value = [...fieldsOf(message)].filter((field) => field.number === number).at(-1)?.value;
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
}

/** A map from texts, field `number`, to messages. */
export function mapOf(message: Uint8Array, number: number): Map<string, Uint8Array> {
  return new Map(messagesOf(message, number).map((entry) => [textOf(entry, 1), messagesOf(entry, 2).at(-1) ?? new Uint8Array()]));
}
