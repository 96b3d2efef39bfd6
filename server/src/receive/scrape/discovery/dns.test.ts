import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { labelPairs, limits } from '#model';
import { createReceiveBudget } from '../../budget.ts';
import { openScraping } from '../index.ts';
import { createRecorder } from '../testing/recorder.ts';

/** What the zone says of `name type`: the records' bytes, a code of refusal, or silence. */
type Zone = Map<string, readonly Buffer[] | number | 'silence'>;

const types = new Map([
  [1, 'A'],
  [28, 'AAAA'],
  [33, 'SRV'],
]);
const nameError = 3;
const serverFailure = 2;

/** A DNS server (RFC 1035) for as long as the test runs; this process asks nobody else. */
async function serveDns(zone: Zone): Promise<AsyncDisposable> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, end } = nameAt(query, 12);
    const answer = zone.get(`${name} ${types.get(query.readUInt16BE(end))}`) ?? nameError;
    if (answer === 'silence') return;
    socket.send(answerTo(query, end + 4, answer), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const before = dns.getServers();
  dns.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    async [Symbol.asyncDispose]() {
      dns.setServers(before);
      socket.close();
    },
  };
}

function nameAt(query: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function answerTo(query: Buffer, questionEnd: number, answer: readonly Buffer[] | number): Buffer {
  const records = typeof answer === 'number' ? [] : answer;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 + (typeof answer === 'number' ? answer : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  const type = query.readUInt16BE(questionEnd - 4);
  const whole = records.map((data) => {
    const record = Buffer.alloc(12);
    // The name is the question's; class IN, a TTL of 1 s.
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(1, 6);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, query.subarray(12, questionEnd), ...whole]);
}

const a = (address: string): Buffer => Buffer.from(address.split('.').map(Number));
const aaaa = (hex: string): Buffer => Buffer.from(hex, 'hex');
const srv = (host: string, port: number): Buffer => {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(port, 4);
  const labels = host.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([head, ...labels, Buffer.from([0])]);
};

async function scraping(configs: string) {
  const dir = mkdtempSync(path.join(tmpdir(), 'farol-dns-'));
  const file = path.join(dir, 'prometheus.yml');
  writeFileSync(file, `scrape_configs:\n  - job_name: t\n    scrape_interval: 1h\n    dns_sd_configs:\n${configs}`);
  const budget = createReceiveBudget(1_000_000);
  const open = await openScraping({ ...createRecorder(), limits, clock: systemClock, budget, file });
  const labels = () =>
    open.targets().activeTargets.map(({ discoveredLabels }) => Object.fromEntries(labelPairs(discoveredLabels)));
  return {
    addresses: () =>
      labels()
        .map((of) => of.__address__)
        .sort(),
    labels,
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    },
  };
}

test('A, AAAA and SRV records become targets; a name that does not exist has none', async () => {
  await using _ = await serveDns(
    new Map<string, readonly Buffer[]>([
      ['a.test A', [a('127.0.0.1'), a('127.0.0.2')]],
      ['aaaa.test AAAA', [aaaa('00000000000000000000000000000001')]],
      ['_http._tcp.test SRV', [srv('one.test', 9100), srv('two.test', 9101)]],
    ]),
  );
  await using it = await scraping(`
      - { names: [a.test, gone.test], type: A, port: 9 }
      - { names: [aaaa.test], type: AAAA, port: 9 }
      - { names: [_http._tcp.test] }
`);
  const found = ['127.0.0.1:9', '127.0.0.2:9', '[::1]:9', 'one.test:9100', 'two.test:9101'];
  await expect.poll(it.addresses, { timeout: 4000 }).toEqual(found);
  expect(it.labels()).toContainEqual(
    expect.objectContaining({
      __meta_dns_name: '_http._tcp.test',
      __meta_dns_srv_record_target: 'one.test.',
      __meta_dns_srv_record_port: '9100',
    }),
  );
});

test('a name that nobody answers for holds back no other; one that fails keeps its targets, one that goes loses them', async () => {
  const zone: Zone = new Map<string, readonly Buffer[] | number | 'silence'>([
    ['silent.test A', 'silence'],
    ['fails.test A', [a('127.0.0.3')]],
    ['goes.test A', [a('127.0.0.4')]],
  ]);
  await using _ = await serveDns(zone);
  await using it = await scraping(`
      - { names: [silent.test, fails.test], type: A, port: 9, refresh_interval: 50ms }
      - { names: [fails.test, goes.test], type: A, port: 8, refresh_interval: 50ms }
`);
  await expect.poll(it.addresses, { timeout: 4000 }).toEqual(['127.0.0.3:8', '127.0.0.3:9', '127.0.0.4:8']);
  zone.set('fails.test A', serverFailure);
  zone.delete('goes.test A');
  await expect.poll(it.addresses, { timeout: 4000 }).toEqual(['127.0.0.3:8', '127.0.0.3:9']);
});
