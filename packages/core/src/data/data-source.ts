import type { Dataset } from './dataset.ts';

/** A reader, chosen by name in `data.train` and its siblings. */
export interface DataSource {
  /** Opens and checks the data; throws a `KdError` that names file and row. */
  open(): Promise<Dataset>;
}
