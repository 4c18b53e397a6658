import type { GraphModelLike, TeacherConfig } from '../config/config.ts';
import { functionTeacher } from '../knowledge/function-teacher.ts';
import { graphTeacher } from '../knowledge/graph-teacher.ts';
import { modelTeacher } from '../knowledge/model-teacher.ts';
import { preparedTeacher } from '../knowledge/prepared-teacher.ts';
import type { Teacher, TeacherOutput } from '../knowledge/teacher.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import { spaceOf } from '../labels/space-of.ts';
import { bindInputs } from '../model/bind-inputs.ts';
import { hashModel } from '../model/hash-model.ts';
import { parametersOf, type Model, type ModelInput } from '../model/model.ts';
import { hashTensors } from '../tensor/hash.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { answersWith, withInputs } from './asked-how.ts';
import { fewSamples } from './few-samples.ts';
import { openModel } from './open-model.ts';
import { openPredict } from './open-predict.ts';
import { openSource } from './open-source.ts';
import { compileOf } from './services.ts';
import type { Opened } from './stage-context.ts';
import { expectValidated } from './validation-for.ts';

/** A teacher before it may have been trained. */
export interface PickedTeacher {
  readonly id: string;
  readonly space: LabelSpace;
  readonly config: TeacherConfig;
  readonly parameters: number;
  /** The model behind it, where it is a layers model. */
  readonly model?: Model;
  /** Set when the run trains it. */
  readonly untrained: Model | undefined;
  /** Names the model with its weights as they are now. */
  readonly hash: string;
  /** The teacher, its weights as they are at the time of asking. @param hash after training */
  teacher(hash: string): Teacher;
  /** Frees what the run has built or opened; a model that the config gave is as it was, but for its training. */
  close(): Promise<void>;
}

/** What every teacher is known by, whatever it is made of. */
interface Asked {
  readonly who: string;
  readonly id: string;
  readonly space: LabelSpace;
  readonly config: TeacherConfig;
  readonly inputNames: readonly string[];
  readonly gives: TeacherOutput;
}

const nothing = async (): Promise<void> => {};

/** Opens one teacher: a function, a source, a graph model or a model that can be trained. */
export async function pickTeacher(id: string, config: TeacherConfig, opened: Opened): Promise<PickedTeacher> {
  const { resolved, data } = opened;
  const who = `teacher '${id}'`;
  const space = spaceOf(resolved.spaces, config.speaks, `teachers.${id}.speaks`);
  const asked: Asked = { who, id, space, config, inputNames: config.inputs ?? Object.keys(data.train.inputs), gives: answersWith(config, space) };
  if (config.predict) {
    const { predict: given, hash } = await openPredict(config.predict, who, resolved);
    const predict = withInputs(given, who, data.train.inputs, config);
    return { id, space, config, parameters: 0, untrained: undefined, hash, teacher: (own) => functionTeacher({ ...asked, predict, hash: own }), close: nothing };
  }
  if (config.source) {
    const samples = (): Promise<NamedTensors> => fewSamples(data.train, config.preprocess);
    const source = preparedTeacher(await openSource(config.source, { id, space, samples }, resolved), config.preprocess);
    const { parameters, hash } = source.manifest;
    return { id, space, config, parameters, untrained: undefined, hash, teacher: () => source, close: async () => source.close?.() };
  }
  const found = await openModel(config.model, who, resolved);
  return found.kind === 'graph' ? ofGraph(asked, found.graph, opened) : ofModel(asked, found.model, found.free, opened);
}

async function ofGraph({ who, config, ...asked }: Asked, graph: GraphModelLike, { resolved, data }: Opened): Promise<PickedTeacher> {
  const { id, space } = asked;
  const inputs = bindInputs(who, graph.inputs.map(inputOf), data.train.inputs, config.inputs, config.preprocess);
  const weights = weightsOf(graph);
  const parameters = Object.values(weights).reduce((sum, { size }) => sum + size, 0);
  const teacher: PickedTeacher['teacher'] = (hash) =>
    graphTeacher({ ...asked, graph: graph as never, hash, parameters, inputs, output: config.output, compile: compileOf(resolved.services) });
  return { id, space, config, parameters, untrained: undefined, hash: await hashTensors(weights), teacher, close: nothing };
}

/** @param free frees the model, where the run has built it */
async function ofModel({ who, config, ...asked }: Asked, model: Model, free: (() => void) | undefined, opened: Opened): Promise<PickedTeacher> {
  const { id, space } = asked;
  const { resolved, data } = opened;
  const { keep, patience } = resolved.teacherTraining[id] ?? {};
  try {
    if (keep === 'best' || patience !== undefined) expectValidated(opened, space, `Teacher '${id}'`);
    const inputs = bindInputs(who, model.inputs, data.train.inputs, config.inputs, config.preprocess);
    return {
      id, space, config, parameters: parametersOf(model), model, untrained: config.train ? model : undefined, hash: await hashModel(model),
      teacher: (hash) => modelTeacher({ ...asked, model, hash, inputs, output: config.output }),
      async close() {
        model.unpark?.(); // also one that is to be freed: what is parked cannot be
        free?.();
      },
    };
  } catch (error) {
    free?.();
    throw error;
  }
}

/** A graph's input as a model's: without the batch, null where any size fits. */
function inputOf({ name, shape, dtype }: GraphModelLike['inputs'][number]): ModelInput {
  return { name, shape: shape ? shape.slice(1).map((dimension) => (dimension < 0 ? null : dimension)) : [null], dtype: dtype === 'int32' ? 'int32' : 'float32' };
}

/** What TensorFlow.js keeps of a graph's weights: lists by name. */
function weightsOf(graph: GraphModelLike): NamedTensors {
  const { weights = {} } = graph as { readonly weights?: Readonly<Record<string, readonly NamedTensors[string][]>> };
  return Object.fromEntries(Object.entries(weights).flatMap(([name, list]) => list.map((tensor, i) => [`${name}:${i}`, tensor])));
}
