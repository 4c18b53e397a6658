import { resolve } from 'node:path';
import { defineDataSource, definePlugin, defineTeacherSource, LABELS, LOADER, type LabelSpacesConfig, type Plugin, type Strategy, type Token } from '@kd/core';
import { z } from 'zod';
import { csvDataset, type CsvOptions } from '../readers/csv-dataset.ts';
import { idxDataset, type IdxOptions } from '../readers/idx-dataset.ts';
import { imageFolderDataset, type ImageFolderOptions } from '../readers/image-folder-dataset.ts';
import { jsonlDataset, type JsonlOptions } from '../readers/jsonl-dataset.ts';
import { fileLoader } from './file-loader.ts';
import { BASE_FOLDER } from './services.ts';
import { storedTeacher, type StoredPredictionsOptions } from './stored-teacher.ts';

type Reader<Options> = Strategy<'data', Options, { base: Token<string>; labels: Token<LabelSpacesConfig> }>;
const inject = { base: BASE_FOLDER, labels: LABELS };
const text = z.string();
const columns = z.record(text, z.union([text, z.array(text)]));
const classes = z.array(text).optional();
const size = z.int().positive();

const idx: Reader<IdxOptions> = defineDataSource({
  name: 'idx', summary: 'IDX files, as MNIST and its family come.', inject,
  options: z.strictObject({
    images: text, labels: text.optional(), space: text.optional(), classes, input: text.optional(), shape: z.array(size).optional(), scale: z.number().optional(),
    rows: z.tuple([z.int().nonnegative(), size]).optional(), name: text.optional(),
  }) as never,
  create: (options: IdxOptions, { base }) => ({
    async open() {
      const labels = options.labels === undefined ? {} : { labels: resolve(base, options.labels) };
      return idxDataset({ ...options, images: resolve(base, options.images), ...labels });
    },
  }),
});

const csv: Reader<CsvOptions> = defineDataSource({
  name: 'csv', summary: 'A CSV file: columns of numbers, columns of labels.', inject,
  options: z.strictObject({ file: text, id: text, inputs: columns, labels: columns.optional(), delimiter: text.min(1).optional() }) as never,
  create: (options: CsvOptions, { base, labels }) => ({ open: () => csvDataset({ spaces: labels, ...options, file: resolve(base, options.file) }) }),
});

const jsonl: Reader<JsonlOptions> = defineDataSource({
  name: 'jsonl', summary: 'One JSON object a line: { id, inputs, labels }.', inject,
  options: z.strictObject({
    file: text, inputs: z.record(text, z.strictObject({ shape: z.array(size).optional(), dtype: z.enum(['float32', 'int32']).optional() })).optional(),
  }) as never,
  create: (options: JsonlOptions, { base, labels }) => ({ open: () => jsonlDataset({ spaces: labels, ...options, file: resolve(base, options.file) }) }),
});

const imageFolder: Reader<ImageFolderOptions> = defineDataSource({
  name: 'image-folder', summary: 'Folders of PNG and JPEG images, a folder a class; two levels are a hierarchy.', inject,
  options: z.strictObject({
    folder: text, size: z.tuple([size, size]).optional(), channels: z.union([z.literal(1), z.literal(3)]).optional(), input: text.optional(),
    space: text.optional(), coarseSpace: text.optional(), classes, scale: z.number().optional(), memory: size.optional(), skipUnreadable: z.int().nonnegative().optional(),
  }) as never,
  create: (options: ImageFolderOptions, { base, labels }) => ({ open: () => imageFolderDataset({ spaces: labels, ...options, folder: resolve(base, options.folder) }) }),
});

const storedPredictions: Strategy<'teacher', StoredPredictionsOptions, { base: Token<string> }> = defineTeacherSource({
  name: 'stored-predictions', summary: 'A teacher that has answered before: distillation data of another run.', inject: { base: BASE_FOLDER },
  options: z.strictObject({ store: text, teacher: text.optional() }) as never,
  create: (options: StoredPredictionsOptions, { base }) => ({
    open: async (teacher) => storedTeacher(resolve(base, options.store), options.teacher ?? teacher.id, teacher),
  }),
});

/**
 * What files add to kd: data readers, stored predictions, and paths of models and modules. The kd command always has it; a
 * program that calls `distill` names it in `plugins`, and relative paths start at its working folder.
 */
export const nodePlugin: Plugin = definePlugin({
  name: 'node',
  strategies: [idx, csv, jsonl, imageFolder, storedPredictions],
  apply({ services }) {
    if (!services.has(LOADER)) services.provide(LOADER, fileLoader(services.get(BASE_FOLDER, 'the plugin node')));
  },
});
