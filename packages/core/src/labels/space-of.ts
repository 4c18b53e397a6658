import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from './label-space.ts';

/** The label space of that name. @param where who names it, for the message. @throws KD_LABEL_SPACE_UNKNOWN */
export function spaceOf(spaces: ReadonlyMap<string, LabelSpace>, name: string, where: string): LabelSpace {
  const space = spaces.get(name);
  if (!space) throw kdError('KD_LABEL_SPACE_UNKNOWN', { name, where, known: [...spaces.keys()] });
  return space;
}
