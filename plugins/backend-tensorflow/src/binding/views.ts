/** Operations whose result is their first input, seen in another way: both share one piece of memory. */
export const VIEWS: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'ExpandDims', 'Squeeze', 'StopGradient']);
