/**
 * Prometheus scraping: a `prometheus.yml` in, batches out. Configuration with promtool's verdicts, discovery (static,
 * file, HTTP, DNS), relabelling, the exposition formats, `up` and its like, staleness, limits that fail a scrape whole.
 * Refuses to know how samples are stored and asked for: it is given `write` and `intern`.
 */
export { readScrapeConfig } from './config/index.ts';
export { openScraping } from './open.ts';
