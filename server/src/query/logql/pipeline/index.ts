/** A pipeline: stages compiled once per query, then run over lines. It knows lines and labels, not where they are kept. */
export { compileStages } from './compile.ts';
export { hintsOf } from './hints.ts';
export { labelFilter, matcherTest } from './labelfilters.ts';
export { EntryLabelSets, joinedLabels, stateKey } from './labelsets.ts';
export { everything, type Hints, type StageContext, type Step } from './stage.ts';
export { ERROR, LineState, labelsOfErrors, PRESERVE_ERROR } from './state.ts';
export { StreamTable } from './stream.ts';
