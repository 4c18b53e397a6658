import { styleText } from 'node:util';

type Colour = 'red' | 'yellow' | 'green' | 'bold' | 'dim';

/** Text for stdout, in a colour where that is a terminal and NO_COLOR is not set. */
export function shown(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}

/** The same for stderr. */
export function said(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stderr });
}
