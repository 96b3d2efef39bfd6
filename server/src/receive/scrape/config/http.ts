/** How to reach targets and HTTP discovery: credentials, TLS, redirects, headers. Prometheus' HTTPClientConfig. */
import path from 'node:path';
import { type ConfigNode, type Fields, fields, invalidAt, list, mapOf, text } from '#kit/yamltree';
import { flag, oneOf, secret, unsupported } from './scalars.ts';

export interface HttpClientConfig {
  readonly basicAuth?: {
    readonly username: string;
    readonly usernameFile?: string;
    readonly password: string;
    readonly passwordFile?: string;
  };
  readonly authorization?: { readonly type: string; readonly credentials: string; readonly credentialsFile?: string };
  readonly tls: TlsConfig;
  readonly followRedirects: boolean;
  readonly headers: ReadonlyMap<string, { readonly values: readonly string[]; readonly files: readonly string[] }>;
}

export interface TlsConfig {
  readonly ca?: string;
  readonly caFile?: string;
  readonly cert?: string;
  readonly certFile?: string;
  readonly key?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
}

type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

const secretRef = unsupported('a reference into a secret manager', 'give the secret itself, or a file');
const proxy = unsupported('a proxy', 'let Farol reach the targets directly');
const tlsVersion = oneOf('TLS10', 'TLS11', 'TLS12', 'TLS13');
const tlsVersions: Record<string, TlsVersion> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const tlsShape = {
  ca: text,
  ca_file: text,
  ca_ref: secretRef,
  cert: text,
  cert_file: text,
  cert_ref: secretRef,
  key: secret,
  key_file: text,
  key_ref: secretRef,
  server_name: text,
  insecure_skip_verify: flag,
  min_version: tlsVersion,
  max_version: tlsVersion,
};

/** The fields that a scrape job and an HTTP discovery have in common. */
export const httpShape = {
  basic_auth: (at: ConfigNode) =>
    fields(at, {
      username: text,
      username_file: text,
      username_ref: secretRef,
      password: secret,
      password_file: text,
      password_ref: secretRef,
    }),
  authorization: (at: ConfigNode) =>
    fields(at, { type: text, credentials: secret, credentials_file: text, credentials_ref: secretRef }),
  oauth2: unsupported('oauth2', 'use authorization with credentials_file'),
  bearer_token: secret,
  bearer_token_file: text,
  tls_config: (at: ConfigNode) => fields(at, tlsShape),
  follow_redirects: flag,
  enable_http2: flag,
  proxy_url: proxy,
  no_proxy: proxy,
  proxy_from_environment: (at: ConfigNode) => (flag(at) ? proxy(at) : undefined),
  proxy_connect_header: proxy,
  http_headers: mapOf((at: ConfigNode) => fields(at, { values: list(text), secrets: list(secret), files: list(text) })),
};

export function httpClientOf(found: Fields<typeof httpShape>, at: ConfigNode, baseDir: string): HttpClientConfig {
  checkCredentials(found, at);
  const { basic_auth: basic, authorization } = found;
  const file = (name: string | undefined) => (name === undefined ? undefined : path.resolve(baseDir, name));
  const bearer = found.bearer_token !== undefined || found.bearer_token_file !== undefined;
  return {
    ...(basic && {
      basicAuth: {
        username: basic.username ?? '',
        usernameFile: file(basic.username_file),
        password: basic.password ?? '',
        passwordFile: file(basic.password_file),
      },
    }),
    ...(authorization && {
      authorization: {
        type: (authorization.type ?? '').trim() || 'Bearer',
        credentials: authorization.credentials ?? '',
        credentialsFile: file(authorization.credentials_file),
      },
    }),
    ...(bearer && {
      authorization: {
        type: 'Bearer',
        credentials: found.bearer_token ?? '',
        credentialsFile: file(found.bearer_token_file),
      },
    }),
    tls: tlsOf(found.tls_config ?? {}, at, file),
    followRedirects: found.follow_redirects ?? true,
    headers: headersOf(found.http_headers, at, baseDir),
  };
}

function checkCredentials(found: Fields<typeof httpShape>, at: ConfigNode): void {
  const { basic_auth: basic, authorization, bearer_token: token, bearer_token_file: tokenFile } = found;
  const hasBearer = token !== undefined || tokenFile !== undefined;
  const refuse = (problem: string): never => {
    throw invalidAt(at, problem);
  };
  if (token !== undefined && tokenFile !== undefined) {
    refuse('at most one of bearer_token & bearer_token_file must be configured');
  }
  if (basic && hasBearer) {
    refuse('at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured');
  }
  if (basic?.username !== undefined && basic.username_file !== undefined) {
    refuse('at most one of basic_auth username, username_file & username_ref must be configured');
  }
  if (basic?.password !== undefined && basic.password_file !== undefined) {
    refuse('at most one of basic_auth password, password_file & password_ref must be configured');
  }
  if (!authorization) return;
  if (hasBearer) refuse('authorization is not compatible with bearer_token & bearer_token_file');
  if (authorization.credentials !== undefined && authorization.credentials_file !== undefined) {
    refuse('at most one of authorization credentials & credentials_file must be configured');
  }
  if (authorization.type?.trim().toLowerCase() === 'basic') {
    refuse('authorization type cannot be set to "basic", use "basic_auth" instead');
  }
  if (basic) refuse('at most one of basic_auth, oauth2 & authorization must be configured');
}

function tlsOf(
  found: Fields<typeof tlsShape>,
  at: ConfigNode,
  file: (name: string | undefined) => string | undefined,
): TlsConfig {
  for (const name of ['ca', 'cert', 'key'] as const) {
    if (found[name] !== undefined && found[`${name}_file`] !== undefined) {
      throw invalidAt(at, `at most one of ${name} and ${name}_file must be configured`);
    }
  }
  const hasCert = found.cert !== undefined || found.cert_file !== undefined;
  const hasKey = found.key !== undefined || found.key_file !== undefined;
  if (hasCert !== hasKey)
    throw invalidAt(at, 'exactly one of key or key_file must be configured when a client certificate is');
  return {
    ca: found.ca,
    caFile: file(found.ca_file),
    cert: found.cert,
    certFile: file(found.cert_file),
    key: found.key,
    keyFile: file(found.key_file),
    serverName: found.server_name,
    insecureSkipVerify: found.insecure_skip_verify ?? false,
    minVersion: found.min_version && tlsVersions[found.min_version],
    maxVersion: found.max_version && tlsVersions[found.max_version],
  };
}

/** Headers that Farol sets itself, or that have fields of their own. */
const reservedHeaders = new Set(
  'authorization host content-encoding content-length content-type user-agent connection keep-alive proxy-authenticate proxy-authorization www-authenticate accept-encoding accept x-prometheus-remote-write-version x-prometheus-remote-read-version x-prometheus-scrape-timeout-seconds'.split(
    ' ',
  ),
);

function headersOf(
  found: Fields<typeof httpShape>['http_headers'],
  at: ConfigNode,
  baseDir: string,
): HttpClientConfig['headers'] {
  const headers = new Map<string, { values: string[]; files: string[] }>();
  for (const [name, { values = [], secrets = [], files = [] }] of found ?? []) {
    if (reservedHeaders.has(name.toLowerCase()))
      throw invalidAt(at, `setting header ${JSON.stringify(name)} is not allowed`);
    headers.set(name, { values: [...values, ...secrets], files: files.map((file) => path.resolve(baseDir, file)) });
  }
  return headers;
}
