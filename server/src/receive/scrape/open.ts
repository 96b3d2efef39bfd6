/** Scraping as a part of Farol: the file that says what, its reloads, and what the API shows of it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { log } from '#kit';
import { Refusal } from '#model';
import { noScrapeConfig, type RuleSettings, readScrapeConfig, type ScrapeConfig } from './config/index.ts';
import { createScraper, type ScraperDeps, type ScrapeTargets } from './scraper.ts';

export interface ScrapingDeps extends Omit<ScraperDeps, 'config'> {
  /** A `prometheus.yml`, absolute. Undefined: nothing is scraped, and everything below still answers. */
  readonly file?: string;
}

export interface Scraping extends AsyncDisposable {
  targets(): ScrapeTargets;
  /** The configuration in force, secrets hidden. */
  configText(): string;
  /** What it says of rules. */
  rules(): RuleSettings;
  loaded(): { readonly timeMs: number; readonly ok: boolean };
  /** Reads the file again. Refuses with CONFIG_INVALID, and then the old configuration stays in force. */
  reload(): Promise<void>;
}

/** Refuses with CONFIG_INVALID when the file cannot be read or says something that Farol cannot do. */
export async function openScraping({ file, ...deps }: ScrapingDeps): Promise<Scraping> {
  let config = await readConfigFile(file);
  let loaded = { timeMs: deps.clock.nowMs(), ok: true };
  const scraper = createScraper({ ...deps, config });

  return {
    targets: scraper.targets,
    configText: () => config.text,
    rules: () => config.rules,
    loaded: () => loaded,
    async reload() {
      const timeMs = deps.clock.nowMs();
      try {
        const next = await readConfigFile(file);
        await scraper.reload(next);
        config = next;
        loaded = { timeMs, ok: true };
      } catch (error) {
        loaded = { timeMs, ok: false };
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => scraper.close(),
  };
}

async function readConfigFile(file: string | undefined): Promise<ScrapeConfig> {
  if (file === undefined) return noScrapeConfig;
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new Refusal(`cannot read --scrape-config ${file}: ${cause.message}`, { code: 'CONFIG_INVALID', cause });
  });
  try {
    const config = readScrapeConfig(text, { baseDir: path.dirname(file) });
    for (const note of config.notes) log.info({ file, note }, 'scrape configuration');
    return config;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`--scrape-config ${file}: ${error.message}`, { code: error.code, cause: error });
  }
}
