const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name from a config or a file, without what would steer a terminal. */
export function safeText(text: string): string {
  return text.replace(control, '\uFFFD');
}

/** The same for a message of several lines. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}
