// A plugin of typedoc: sorts what @kd/core exports by the room that it lives in, and names parameters that are taken apart.
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

/** Rooms of packages/core/src, as people look for them; `''` is the folder itself. */
const categories = new Map([
  ['', 'Distill'],
  ['config', 'The config'],
  ['plugin', 'Write plugins'],
  ['objective', 'Losses, aggregation, α'],
  ['run', 'Hooks, training, memory'],
  ['data', 'Data'],
  ['labels', 'Label spaces'],
  ['model', 'Models'],
  ['knowledge', 'Teachers and their answers'],
  ['step', 'The training step'],
  ['runtime', 'Runtimes'],
  ['stages', 'Stages'],
  ['built-in', 'Built in'],
  ['tensor', 'Tensors and hashes'],
  ['errors', 'Errors'],
]);

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const parameter of context.project.getReflectionsByKind(ReflectionKind.Parameter)) {
      if (parameter.name === '__namedParameters') parameter.name = 'options';
    }
    for (const reflection of context.project.children ?? []) {
      const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
      const room = /\/packages\/core\/src\/(?:([^/]+)\/)?/.exec(file ?? '');
      const category = room && categories.get(room[1] ?? '');
      if (!category) continue;
      for (const documented of reflection.signatures ?? [reflection]) {
        documented.comment ??= new Comment();
        documented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
      }
    }
  });
}
