/** One field of a protobuf message: a number, or the bytes of a text or of a message inside. */
interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Reads a protobuf message by the numbers of its fields, without its schema. Nothing is copied. */
export class ProtobufMessage {
  readonly #fields: readonly Field[];

  /** @throws RangeError where the bytes are no message */
  constructor(bytes: Uint8Array) {
    this.#fields = [...fieldsOf(bytes)];
  }

  /** The bytes of each field with this number. */
  bytes(number: number): Uint8Array[] {
    return this.#valuesOf(number).filter((value) => value instanceof Uint8Array);
  }

  /** The messages inside with this number. */
  messages(number: number): ProtobufMessage[] {
    return this.bytes(number).map((bytes) => new ProtobufMessage(bytes));
  }

  /** The last message with this number; an empty one where there is none. */
  message(number: number): ProtobufMessage {
    return new ProtobufMessage(this.bytes(number).at(-1) ?? new Uint8Array());
  }

  /** The last text with this number; empty where there is none, as protobuf has it. */
  text(number: number): string {
    return new TextDecoder().decode(this.bytes(number).at(-1));
  }

  /** The whole numbers with this number, packed or one by one. Negative ones come in two's complement. */
  numbers(number: number): number[] {
    const values = this.#valuesOf(number).flatMap((value) => (typeof value === 'bigint' ? [value] : varintsIn(value)));
    return values.map((value) => Number(BigInt.asIntN(64, value)));
  }

  /** The last whole number with this number; 0 where there is none. */
  number(number: number): number {
    return this.numbers(number).at(-1) ?? 0;
  }

  /** A map from texts, field `number`, to messages. */
  map(number: number): Map<string, ProtobufMessage> {
    return new Map(this.messages(number).map((entry) => [entry.text(1), entry.message(2)]));
  }

  #valuesOf(number: number): (bigint | Uint8Array)[] {
    return this.#fields.filter((field) => field.number === number).map(({ value }) => value);
  }
}

/** Where a message is read. */
interface Cursor {
  at: number;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  const cursor: Cursor = { at: 0 };
  const bytes = (length: number): Uint8Array => {
    if (cursor.at + length > message.length) throw new RangeError('a field is longer than the message');
    return message.subarray(cursor.at, (cursor.at += length));
  };
  while (cursor.at < message.length) {
    const key = varint(message, cursor);
    const number = Number(key >> 3n);
    switch (Number(key & 7n)) {
      case 0: yield { number, value: varint(message, cursor) }; break;
      case 1: yield { number, value: bytes(8) }; break;
      case 2: yield { number, value: bytes(Number(varint(message, cursor))) }; break;
      case 5: yield { number, value: bytes(4) }; break;
      default: throw new RangeError('a field is of no known kind');
    }
  }
}

function varintsIn(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (const cursor: Cursor = { at: 0 }; cursor.at < bytes.length;) values.push(varint(bytes, cursor));
  return values;
}

function varint(bytes: Uint8Array, cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[cursor.at++];
    if (byte === undefined || shift > 63n) throw new RangeError('a number has no end');
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
}
