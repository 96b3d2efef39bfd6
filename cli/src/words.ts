/** What the command line says, in the language of the terminal (LC_ALL, LC_MESSAGES, LANG). */
const en = {
  usage: `Usage: farol query [LANGUAGE] QUESTION [flags]
       farol tail SELECTOR [flags]
       farol up [flags]           Farol itself (farol up --help)
       farol demo [flags]         Farol, with a system that sends to it

  LANGUAGE        promql (default), logql, traceql or sql
  --server URL    the Farol to ask               FAROL_URL, else http://127.0.0.1:4320
  --tenant NAME   X-Scope-OrgID                  FAROL_TENANT, else main
  --at TIME       when to ask, or the end of the range: RFC 3339, Unix seconds, or now   now
  --since SPAN    ask over a range, this long: 15m, 6h, 7d   (logs and traces: 1h)
  --step SPAN     distance between the points of a range     (a 60th of the range)
  --limit N       at most so many lines, traces or rows      100
  --output FORM   text, json or csv                          text

  farol query 'sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))' --since 1h
  farol query logql '{service_name="appointments"} |= "timeout"' --since 6h
  farol query traceql '{ status = error && duration > 500ms }'
  farol query sql 'SELECT service, count() FROM spans GROUP BY service'
  farol tail '{service_name="appointments"}'`,
  noQuestion: 'a question is missing; see farol --help',
  badFlag: (why: string) => `${why}; see farol --help`,
  badCommand: (name: string) => `"${name}" is not a command; there are query and tail`,
  badSpan: (flag: string, given: string) => `${flag} is "${given}"; it must be a duration such as 15m, 6h or 7d`,
  badTime: (given: string) => `--at is "${given}"; it must be RFC 3339, Unix seconds, or now`,
  notForTail: (flag: string) => `${flag} does not go with tail, which follows what arrives`,
  notForSql: (flag: string) =>
    `${flag} does not go with sql; say it in the query: WHERE time > now() - INTERVAL 1 HOUR`,
  moreRows: (limit: number) => `there are more than ${limit} rows; ask for more with --limit`,
  badLimit: (given: string) => `--limit is "${given}"; it must be a whole number from 1 to 5000`,
  badOutput: (given: string) => `--output is "${given}"; there are text, json and csv`,
  badServer: (given: string) => `--server is "${given}"; it must be an address such as http://127.0.0.1:4320`,
  unreachable: (url: string, why: string) => `no Farol answers at ${url} (${why}); start it, or name it with --server`,
  refused: (status: number, why: string) => `Farol answered ${status}: ${why}`,
  notFarol: (url: string) => `what answers at ${url} is not Farol: its answer is not JSON; name Farol with --server`,
  tailRefused: (url: string) => `Farol at ${url} did not open the tail; end another one, or look at Farol's log`,
  tailOfNumbers: 'a tail follows lines, and this question makes numbers of them; ask it with farol query logql',
  nothing: 'nothing found',
  dropped: (count: number) => `(${count} lines were dropped: they came faster than they could be shown)`,
  again: (why: string) => `the connection ended${why === '' ? '' : `: ${why}`}; trying again`,
  ended: (why: string) => `the connection ended${why === '' ? '' : `: ${why}`}`,
  series: 'series',
  time: 'time',
  value: 'value',
  line: 'line',
  last: 'last',
  least: 'min',
  most: 'max',
  trace: 'trace',
  started: 'started',
  took: 'took',
  service: 'service',
  operation: 'operation',
};

type Words = typeof en;

const pt: Words = {
  usage: `Uso: farol query [LINGUAGEM] PERGUNTA [opções]
     farol tail SELETOR [opções]
     farol up [opções]          o próprio Farol (farol up --help)
     farol demo [opções]        o Farol, com um sistema que envia para ele

  LINGUAGEM       promql (padrão), logql, traceql ou sql
  --server URL    o Farol a consultar            FAROL_URL, senão http://127.0.0.1:4320
  --tenant NOME   X-Scope-OrgID                  FAROL_TENANT, senão main
  --at HORA       quando perguntar, ou o fim do intervalo: RFC 3339, segundos Unix ou now   now
  --since TEMPO   pergunta sobre um intervalo: 15m, 6h, 7d   (logs e traces: 1h)
  --step TEMPO    distância entre os pontos do intervalo     (1/60 do intervalo)
  --limit N       no máximo tantas linhas, traces ou registros   100
  --output FORMA  text, json ou csv                          text

  farol query 'sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))' --since 1h
  farol query logql '{service_name="appointments"} |= "timeout"' --since 6h
  farol query traceql '{ status = error && duration > 500ms }'
  farol query sql 'SELECT service, count() FROM spans GROUP BY service'
  farol tail '{service_name="appointments"}'`,
  noQuestion: 'falta a pergunta; veja farol --help',
  badFlag: (why) => `${why}; veja farol --help`,
  badCommand: (name) => `"${name}" não é um comando; existem query e tail`,
  badSpan: (flag, given) => `${flag} é "${given}"; precisa ser uma duração como 15m, 6h ou 7d`,
  badTime: (given) => `--at é "${given}"; precisa ser RFC 3339, segundos Unix ou now`,
  notForTail: (flag) => `${flag} não se usa com tail, que acompanha o que chega`,
  notForSql: (flag) => `${flag} não se usa com sql; diga na consulta: WHERE time > now() - INTERVAL 1 HOUR`,
  moreRows: (limit) => `há mais de ${limit} registros; peça mais com --limit`,
  badLimit: (given) => `--limit é "${given}"; precisa ser um número inteiro de 1 a 5000`,
  badOutput: (given) => `--output é "${given}"; existem text, json e csv`,
  badServer: (given) => `--server é "${given}"; precisa ser um endereço como http://127.0.0.1:4320`,
  unreachable: (url, why) => `nenhum Farol responde em ${url} (${why}); inicie-o ou indique-o com --server`,
  refused: (status, why) => `o Farol respondeu ${status}: ${why}`,
  notFarol: (url) => `o que responde em ${url} não é o Farol: a resposta não é JSON; indique o Farol com --server`,
  tailRefused: (url) => `o Farol em ${url} não abriu o tail; encerre outro, ou veja o log do Farol`,
  tailOfNumbers: 'um tail acompanha linhas, e esta pergunta faz números delas; pergunte com farol query logql',
  nothing: 'nada encontrado',
  dropped: (count) => `(${count} linhas foram descartadas: chegaram mais rápido do que podiam ser mostradas)`,
  again: (why) => `a conexão terminou${why === '' ? '' : `: ${why}`}; tentando de novo`,
  ended: (why) => `a conexão terminou${why === '' ? '' : `: ${why}`}`,
  series: 'série',
  time: 'hora',
  value: 'valor',
  line: 'linha',
  last: 'último',
  least: 'mín',
  most: 'máx',
  trace: 'trace',
  started: 'início',
  took: 'duração',
  service: 'serviço',
  operation: 'operação',
};

const { LC_ALL, LC_MESSAGES, LANG } = process.env;
export const words: Words = (LC_ALL || LC_MESSAGES || LANG || '').startsWith('pt') ? pt : en;
