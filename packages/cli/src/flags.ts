/** What every command understands. */
export interface GlobalFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly set?: readonly string[];
  readonly seed?: string;
  readonly name?: string;
  readonly out?: string;
}
