import type { ResolvedConfig } from '../config/resolve-config.ts';
import type { Reporter } from '../run/reporter.ts';
import type { StopSignal } from '../run/stop-signal.ts';
import type { OpenedData } from './open-data.ts';
import type { Workspace } from './workspace.ts';

/** The five stages, in order. */
export const stageNames: readonly StageName[] = ['teachers', 'student', 'train-teachers', 'distillation-data', 'distill'];
export type StageName = 'teachers' | 'student' | 'train-teachers' | 'distillation-data' | 'distill';

/** A resolved config and its data. */
export interface Opened {
  readonly resolved: ResolvedConfig;
  readonly data: OpenedData;
}

/** What every stage works with. */
export interface StageContext extends Opened {
  readonly workspace: Workspace;
  readonly reporter: Reporter;
  /** Looked at between units and steps. */
  readonly stop: StopSignal;
  /** Names backend and versions: results are equal to the byte only where these are. */
  readonly platform: Readonly<Record<string, string>>;
}
