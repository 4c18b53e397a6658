import { kdError } from '../errors/kd-error.ts';
import { resolveHardTerms } from '../config/resolve-hard-terms.ts';
import { studentData } from '../data/student-data.ts';
import { labelsFor } from '../data/labels-for.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { bindInputs, type BoundInputs } from '../model/bind-inputs.ts';
import { hashModel } from '../model/hash-model.ts';
import { miscalculatedLayers } from '../model/miscalculated-layers.ts';
import type { Model } from '../model/model.ts';
import type { Head, Objective } from '../objective/objective.ts';
import { oneSided } from './one-sided.ts';
import { openModel } from './open-model.ts';
import type { Opened } from './stage-context.ts';
import { expectValidated } from './validation-for.ts';

export interface PickedStudent {
  readonly model: Model;
  readonly heads: readonly Head[];
  readonly inputs: BoundInputs;
  readonly objective: Objective;
  /** The label spaces whose labels the student sees. */
  readonly wanted: readonly LabelSpace[];
  /** Of the weights before training. */
  readonly hash: string;
  /** What works here and may surprise later. */
  readonly warnings: readonly string[];
  /** Frees the model where the run has built it: for runs that fail. */
  close(): void;
}

/** Stage `student`: opens the target model and completes the objective with what only the model and the data know. */
export async function pickStudent(context: Opened): Promise<PickedStudent> {
  const { resolved } = context;
  const { config } = resolved;
  const opened = await openModel(config.student.model, 'the student', resolved);
  if (opened.kind === 'graph') throw kdError('KD_STUDENT_GRAPH', {});
  const { model, free } = opened;
  try {
    return { ...(await completeStudent(context, model)), close: () => free?.() };
  } catch (error) {
    free?.();
    throw error;
  }
}

async function completeStudent({ resolved, data }: Opened, model: Model): Promise<Omit<PickedStudent, 'close'>> {
  const { config, registry, spaces } = resolved;
  const heads = resolved.heads.map((space) => headOf(model, space, config.student.heads?.[space.name], 'The student'));
  const inputs = bindInputs('the student', model.inputs, data.train.inputs, config.student.inputs, config.student.preprocess);
  const headOfSpace = (space: LabelSpace): Head => heads.find((head) => head.space === space)!;
  const hard = resolveHardTerms({ config, spaces, heads, registry }, (space) => hasLabels({ resolved, data }, space));
  const soft = resolved.soft.map((term) => ({ ...term, head: headOfSpace(term.head.space) }));
  if (hard.length === 0 && soft.length === 0) throw kdError('KD_OBJECTIVE_EMPTY', { why: 'the data has no labels and there are no teachers' });
  expectLayers(model, soft);
  const objective = oneSided({ heads, hard, soft, alpha: resolved.alpha });
  const wanted = wantedSpaces(objective);
  if (data.validation) expectValidated({ resolved, data }, heads[0]!.space, 'The student');
  // Says now that there are too few labels, not once the teachers are trained.
  studentData({ dataset: data.train, wanted, spaces, labelled: data.labelled, random: resolved.random });
  return { model, heads, inputs, objective, wanted, hash: await hashModel(model), warnings: warningsOf(model) };
}

/** The label spaces whose labels the student sees: its heads and those of its label losses. */
function wantedSpaces({ heads, hard }: Objective): readonly LabelSpace[] {
  return [...new Set([...heads.map(({ space }) => space), ...hard.map(({ granularity }) => granularity.space)])];
}

function warningsOf({ layersModel }: Model): readonly string[] {
  const layers = layersModel ? miscalculatedLayers(layersModel) : [];
  if (layers.length === 0) return [];
  return [`TensorFlow.js's own \`predict\` answers wrongly for the student's batch normalisation over another axis than the last, or of more than four axes (${layers.map((name) => `'${name}'`).join(', ')}). kd trains and judges it rightly, but \`kd export\` refuses it: permute or reshape before and after it.`];
}

function expectLayers(model: Model, soft: Objective['soft']): void {
  const layer = soft.flatMap(({ loss }) => loss.needs?.features?.student ?? []).find((name) => !model.shapeOf(name));
  if (layer !== undefined) throw kdError('KD_LAYER_UNKNOWN', { who: 'The student', layer, known: model.layers });
}

/** A head whose output exists and is as wide as its label space. */
export function headOf(model: Model, space: LabelSpace, named: string | undefined, who: string = 'The student'): Head {
  const output = named ?? model.outputs[0]!;
  // An output may be named as an output or as the layer that gives it.
  const shape = model.shapeOf(output);
  if (!shape) throw kdError('KD_HEAD_UNKNOWN', { head: output, known: [...new Set([...model.outputs, ...model.layers])], who });
  if (shape.length !== 1 || shape[0] !== space.classes.length) throw kdError('KD_HEAD_SHAPE', { head: output, space: space.name, expected: space.classes.length, received: [null, ...shape] });
  if (space.kind === 'classes') model.wantLogits(output);
  return { space, output };
}

function hasLabels({ data, resolved }: Opened, space: LabelSpace): boolean {
  const labels = labelsFor(data.train, space, resolved.spaces);
  if (!labels) return false;
  return space.kind === 'values' ? !labels.every(Number.isNaN) : labels.some((label) => label >= 0);
}
