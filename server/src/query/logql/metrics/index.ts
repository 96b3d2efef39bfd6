/** Metric queries: log lines into windows, windows into series, series into others. It knows no wire and no store. */
export { answerInstant, answerRange } from './answer.ts';
