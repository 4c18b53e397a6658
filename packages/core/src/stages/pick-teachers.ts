import type { TeacherConfig } from '../config/config.ts';
import { Mistakes } from '../config/mistakes.ts';
import { spaceOf } from '../config/resolve-terms.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { Teacher } from '../knowledge/teacher.ts';
import { functionTeacher } from '../knowledge/function-teacher.ts';
import { graphTeacher } from '../knowledge/graph-teacher.ts';
import { modelTeacher } from '../knowledge/model-teacher.ts';
import { bindInputs } from '../model/bind-inputs.ts';
import { hashModel } from '../model/hash-model.ts';
import { hashTensors } from '../tensor/hash.ts';
import { parametersOf, type Model, type ModelInput } from '../model/model.ts';
import { answersWith, withInputs } from './asked-how.ts';
import { checkTeacher } from './check-teacher.ts';
import { openModel } from './open-model.ts';
import { openPredict } from './open-predict.ts';
import { pickStudent } from './pick-student.ts';
import { compileOf } from './services.ts';
import type { Opened } from './stage-context.ts';

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

/** Stage `teachers`: opens the source models and asks those that can answer about a few samples. */
export async function pickTeachers(context: Opened): Promise<readonly PickedTeacher[]> {
  const picked: PickedTeacher[] = [];
  const mistakes = new Mistakes();
  try {
    for (const [id, config] of Object.entries(context.resolved.config.teachers ?? {})) {
      const one = await mistakes.attemptLater(() => pickTeacher(id, config, context));
      if (one) picked.push(one);
    }
    for (const teacher of picked) await mistakes.attemptLater(() => checkTeacher(teacher, context));
    // What is wrong with the student would be told only once all teachers are right.
    if (mistakes.any) await mistakes.attemptLater(async () => (await pickStudent(context)).close());
    mistakes.throwIfAny('The list of models');
  } catch (error) {
    await closeTeachers(picked);
    throw error;
  }
  return picked;
}

export async function closeTeachers(picked: readonly PickedTeacher[]): Promise<void> {
  for (const teacher of picked) await teacher.close();
}

const nothing = async (): Promise<void> => {};

async function pickTeacher(id: string, config: TeacherConfig, { resolved, data }: Opened): Promise<PickedTeacher> {
  const who = `teacher '${id}'`;
  const space = spaceOf(resolved.spaces, config.speaks, `teachers.${id}.speaks`);
  const inputNames = config.inputs ?? Object.keys(data.train.inputs);
  const shared = { id, space, inputNames, gives: answersWith(config, space) };
  if (config.predict) {
    const { predict: given, hash } = await openPredict(config.predict, who, resolved);
    const predict = withInputs(given, who, data.train.inputs, config);
    return { id, space, config, parameters: 0, untrained: undefined, hash, teacher: (own) => functionTeacher({ ...shared, predict, hash: own }), close: nothing };
  }
  if (config.source) {
    const opened = await resolved.registry.resolve('teacher', config.source, `teachers.${id}.source`).open({ id, space });
    return { id, space, config, parameters: opened.manifest.parameters, untrained: undefined, hash: opened.manifest.hash, teacher: () => opened, close: async () => opened.close?.() };
  }
  const found = await openModel(config.model, who, resolved);
  if (found.kind === 'graph') {
    const { graph } = found;
    const wanted = graph.inputs.map(({ name, shape, dtype }): ModelInput => ({ name, shape: shape ? shape.slice(1).map((dimension) => (dimension < 0 ? null : dimension)) : [null], dtype: dtype === 'int32' ? 'int32' : 'float32' }));
    const inputs = bindInputs(who, wanted, data.train.inputs, config.inputs, config.preprocess);
    const weights = ((graph as unknown as { weights?: Record<string, import('@tensorflow/tfjs-core').Tensor[]> }).weights) ?? {};
    const tensors = Object.fromEntries(Object.entries(weights).flatMap(([name, list]) => list.map((tensor, i) => [`${name}:${i}`, tensor])));
    const hash = await hashTensors(tensors);
    const parameters = Object.values(tensors).reduce((sum, { size }) => sum + size, 0);
    return { id, space, config, parameters, untrained: undefined, hash, teacher: (own) => graphTeacher({ ...shared, graph: graph as never, hash: own, parameters, inputs, output: config.output, compile: compileOf(resolved.services) }), close: nothing };
  }
  const { model, free } = found;
  try {
    const inputs = bindInputs(who, model.inputs, data.train.inputs, config.inputs, config.preprocess);
    return {
      id, space, config, parameters: parametersOf(model), model, untrained: config.train ? model : undefined, hash: await hashModel(model),
      teacher: (hash) => modelTeacher({ ...shared, model, hash, inputs, output: config.output }),
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
