/** One running Farol with a small shop's telemetry, and the requests that Grafana's four data sources send. */

import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { type Shop, sendGauge, sendShop } from '../ui/telemetry.ts';

export interface Grafana extends AsyncDisposable {
  readonly shop: Shop;
  /** Seconds, around the telemetry. */
  readonly start: number;
  readonly end: number;
  /** Below the data source's URL. */
  ask(path: string, params?: Params, init?: RequestInit): Promise<Response>;
  /** The JSON of an answer that must be 200. */
  get<T>(path: string, params?: Params, init?: RequestInit): Promise<T>;
}

type Params = Readonly<Record<string, string | number>>;

/** `at`: what the data source's URL ends with, such as `/prometheus`. */
export async function openGrafana(at: string): Promise<Grafana> {
  const product: Product = await startProduct();
  const nowMs = Date.now();
  const shop = await sendShop(product.otlpHttp, nowMs);
  const values = [3, 2, 1].map((minutes) => ({ timeMs: nowMs - minutes * 60_000, value: minutes }));
  const gauge = { name: 'queue_depth', description: 'Orders that wait', values };
  await sendGauge(product.otlpHttp, { service: shop.service }, gauge);
  const now = Math.ceil(nowMs / 1000);
  const ask: Grafana['ask'] = (path, params = {}, init = {}) => {
    const text = queryOf(params);
    return fetch(`${product.url}${at}${path}${text === '' ? '' : `?${text}`}`, init);
  };
  return {
    shop,
    start: now - 3600,
    end: now + 60,
    ask,
    async get<T>(path: string, params?: Params, init?: RequestInit): Promise<T> {
      const response = await ask(path, params, init);
      const body = await response.text();
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${body}`);
      return JSON.parse(body) as T;
    },
    [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
  };
}

const queryOf = (params: Params): string =>
  String(new URLSearchParams(Object.entries(params).map(([name, value]): [string, string] => [name, String(value)])));

/** As the Prometheus data source asks, unless it is told otherwise. */
export const form = (params: Params): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: queryOf(params),
});

/** What is computed of spans is written every 15 seconds. */
export const eventually = (met: () => Promise<boolean>, what: string): Promise<void> => until(met, 45_000, what);
