/** Errors as ClickHouse reports them: a number, a name, a sentence, and the HTTP status that belongs to the number. */

/** The error numbers this engine raises itself; names and numbers are ClickHouse's (src/Common/ErrorCodes.cpp). */
const numberOf = {
  CANNOT_PARSE_INPUT_ASSERTION_FAILED: 27,
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  UNKNOWN_SETTING: 115,
  TIMEOUT_EXCEEDED: 159,
  QUERY_IS_TOO_LARGE: 163,
  READONLY: 164,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  NOT_ENOUGH_SPACE: 243,
  QUERY_WAS_CANCELLED: 394,
  UNKNOWN_QUERY_PARAMETER: 456,
  BAD_QUERY_PARAMETER: 457,
  ACCESS_DENIED: 497,
  ABORTED: 236,
} as const;

export type FailureName = keyof typeof numberOf;

/** An expected error of a query. `message` is complete: `Code: N. DB::Exception: … (NAME)`. */
export class QueryFailure extends Error {
  readonly number: number;

  constructor(number: number, message: string) {
    super(message);
    this.name = 'QueryFailure';
    this.number = number;
  }
}

export function failure(name: FailureName, sentence: string): QueryFailure {
  return new QueryFailure(numberOf[name], `Code: ${numberOf[name]}. DB::Exception: ${sentence}. (${name})`);
}

/** What chDB threw, as a QueryFailure; a text without a number becomes 1001 (STD_EXCEPTION), as ClickHouse does. */
export function failureOf(thrown: unknown): QueryFailure {
  if (thrown instanceof QueryFailure) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const at = text.indexOf('Code: ');
  const number = at < 0 ? undefined : /^Code: (\d+)\./.exec(text.slice(at))?.[1];
  if (number === undefined) return new QueryFailure(1001, `Code: 1001. DB::Exception: ${text}. (STD_EXCEPTION)`);
  return new QueryFailure(Number(number), text.slice(at));
}

/** ClickHouse's table: src/Server/HTTP/exceptionCodeToHTTPStatus.cpp. */
const statusesOfNumbers: readonly (readonly [status: number, numbers: readonly number[]])[] = [
  [400, [6, 15, 16, 25, 26, 27, 36, 38, 41, 44, 53, 62, 72, 117, 167, 168, 190, 223, 224, 376, 427, 675, 676]],
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 128, 141, 511]],
  [408, [159]],
  [411, [381]],
  [413, [163]],
  [501, [48]],
  [503, [76, 209, 439]],
];

const statusOfNumber = new Map(
  statusesOfNumbers.flatMap(([status, numbers]) => numbers.map((number): [number, number] => [number, status])),
);

export function httpStatusOf(number: number): number {
  return statusOfNumber.get(number) ?? 500;
}
