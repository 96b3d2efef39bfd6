/** A body that is not what its format says. One problem fails the whole scrape, so that nothing is half exposed. */
export class ExpositionProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpositionProblem';
  }
}

/** Where in the body, and the line itself, cut to what fits into a message. */
export function problemAt(body: string, position: number, what: string): ExpositionProblem {
  const start = body.lastIndexOf('\n', position - 1) + 1;
  const found = body.indexOf('\n', position);
  const line = body.slice(start, Math.min(found < 0 ? body.length : found, start + 100));
  let number = 1;
  for (let at = body.indexOf('\n'); at >= 0 && at < start; at = body.indexOf('\n', at + 1)) number++;
  return new ExpositionProblem(`line ${number}: ${what}: ${JSON.stringify(line)}`);
}
