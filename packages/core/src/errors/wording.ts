/** What a thrown value says; not all that is thrown is an error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What another error says, as a part of a sentence. */
export function withoutStop(message: string): string {
  return message.replace(/\.\s*$/, '');
}

/** The end of a message, which may be a question. */
export function withStop(message: string): string {
  return message.endsWith('?') ? message : `${message}.`;
}

/** `a, b, c and 7 more`: names for a message, never an endless list. */
export function listOf(names: readonly string[], most: number = 12): string {
  if (names.length === 0) return '(none)';
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
