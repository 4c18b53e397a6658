/** An ordered list of class names (or regression dimensions), and how it is seen from the space it is made of. */
export interface LabelSpace {
  /** As `labels` in the config calls it. */
  readonly name: string;
  /** `values`: the numbers of a regression, each with a name. */
  readonly kind: 'classes' | 'values';
  /** Names in the order of a model's outputs; of values, their names. */
  readonly classes: readonly string[];
  /** The space this one is a view of, and for each class the indices of its members there. */
  readonly parent?: LabelSpace;
  /** For each class the indices of its members in `parent`. */
  readonly groups?: readonly (readonly number[])[];
  /** For each class which share of each member it gets, above 0; left out where members belong to one class whole. */
  readonly shares?: readonly (readonly number[])[];
}
