/** The words of docs/reference/conformance.md in both languages. */
import type { Suite } from '../test/conformance/report.ts';

export type Language = 'en' | 'pt';

export interface SuiteWords {
  readonly name: string;
  /** Who wrote the cases. */
  readonly whose: string;
  readonly asks: string;
}

export interface PageWords {
  readonly locale: string;
  readonly title: string;
  readonly otherLanguage: string;
  readonly otherPage: string;
  readonly about: (version: string, date: string) => string;
  readonly head: string;
  readonly countedHow: string;
  readonly deviations: string;
  readonly suites: Readonly<Record<Suite, SuiteWords>>;
}

const en: PageWords = {
  locale: 'en-US',
  title: 'Conformance',
  otherLanguage: 'Português',
  otherPage: 'conformance.pt-BR.md',
  about: (version, date) =>
    `What Farol ${version} answers to other people's test suites; the last run was on ${date}. ` +
    'This page is written by `node tools/reference.ts` from the numbers that the tests leave. The suites are not part of ' +
    'this repository: a test reads its suite from `../shared/conformance`, and says so when it is not there.',
  head: '| suite | whose cases | cases | passed | of these, meant to differ |\n| --- | --- | ---: | ---: | ---: |',
  countedHow:
    'A case that is meant to differ has its sentence below, and counts as passed only when it differs in that way.',
  deviations: 'Meant to differ (cases):',
  suites: {
    promqltest: {
      name: 'PromQL scripts',
      whose: 'Prometheus',
      asks:
        'Every `eval` of promqltest, native histograms, start timestamps and the experimental syntax included. Each ' +
        'instant question is also asked as a range, and again with `@` pinned at other times.',
    },
    'promql-compliance': {
      name: 'PromQL compliance',
      whose: 'prometheus/compliance',
      asks: 'Range queries, asked of Farol and of a Prometheus 2.42 beside it that was sent the same samples.',
    },
    'promql-fuzz': {
      name: 'PromQL, random queries',
      whose: 'our grammar, Prometheus 2.42 as the judge',
      asks:
        'Random queries over random data with resets, gaps, staleness, infinities and NaN, asked of Farol and of a ' +
        'Prometheus 2.42 beside it.',
    },
    logqltest: {
      name: 'LogQL scripts',
      whose: 'Loki',
      asks: 'Every `eval` of logqltest, instant and range.',
    },
    'logql-fuzz': {
      name: 'LogQL, random queries',
      whose: 'our grammar, a slow and obvious evaluator as the judge',
      asks: 'Random pipelines and metric queries over random lines.',
    },
    traceql: {
      name: 'TraceQL queries',
      whose: 'Tempo',
      asks: 'For each query the verdict that Tempo gives: it reads, it does not, it means nothing, it is unsupported.',
    },
    jaeger: {
      name: 'Jaeger queries',
      whose: 'Jaeger',
      asks:
        "Jaeger's storage integration suite: its traces are sent by OTLP, and each query must find exactly the traces " +
        'it lists, whole.',
    },
    openapi: {
      name: 'Prometheus API schema',
      whose: 'Prometheus',
      asks: "Answers and errors of every endpoint, held against Prometheus' OpenAPI 3.1.",
    },
    openmetrics: {
      name: 'OpenMetrics parser',
      whose: 'OpenMetrics',
      asks: 'Bodies that must be read and bodies that must be refused.',
    },
    exposition: {
      name: 'Exposition bodies',
      whose: 'Prometheus',
      asks: 'Whole bodies of real programs, read line by line.',
    },
    'scrape-config': {
      name: 'Scrape configurations',
      whose: 'Prometheus',
      asks: 'The verdict that promtool gives each file.',
    },
    'rule-files': {
      name: 'Rule files',
      whose: 'Prometheus, Mimir, prometheus/compliance',
      asks: 'The verdict that promtool gives each file.',
    },
    otlp: {
      name: 'OTLP examples',
      whose: 'opentelemetry-proto',
      asks:
        'Each example is accepted over HTTP; spans and log records come back field by field, metrics become the series ' +
        'that Prometheus makes of them.',
    },
    'log-patterns': {
      name: 'Log templates',
      whose: 'logpai/loghub',
      asks:
        'Lines with a known template. A line passes when its group is exactly the true one, so not all can: the best ' +
        'published figures, of Drain, are 100 % (Apache), 99.8 % (HDFS) and 78.8 % (OpenSSH), and Farol must reach each.',
    },
  },
};

const pt: PageWords = {
  locale: 'pt-BR',
  title: 'Conformidade',
  otherLanguage: 'English',
  otherPage: 'conformance.md',
  about: (version, date) =>
    `O que o Farol ${version} responde às suítes de teste dos outros; a última execução foi em ${date}. ` +
    'Esta página é escrita por `node tools/reference.ts` com os números que os testes deixam. As suítes não fazem parte ' +
    'deste repositório: cada teste lê a sua em `../shared/conformance`, e avisa quando ela não está lá.',
  head: '| suíte | de quem são os casos | casos | passaram | destes, diferem de propósito |\n| --- | --- | ---: | ---: | ---: |',
  countedHow:
    'Um caso que difere de propósito tem a sua frase abaixo, e só conta como aprovado quando difere daquela maneira.',
  deviations: 'Diferem de propósito (casos):',
  suites: {
    promqltest: {
      name: 'Roteiros PromQL',
      whose: 'Prometheus',
      asks:
        'Todos os `eval` do promqltest, incluindo histogramas nativos, start timestamps e a sintaxe experimental. Cada ' +
        'pergunta instantânea também é feita como intervalo, e de novo com `@` fixado em outras horas.',
    },
    'promql-compliance': {
      name: 'Conformidade PromQL',
      whose: 'prometheus/compliance',
      asks: 'Consultas de intervalo feitas ao Farol e a um Prometheus 2.42 ao lado, que recebeu as mesmas amostras.',
    },
    'promql-fuzz': {
      name: 'PromQL, consultas aleatórias',
      whose: 'nossa gramática, com o Prometheus 2.42 como juiz',
      asks:
        'Consultas aleatórias sobre dados aleatórios com reinícios, lacunas, séries encerradas, infinitos e NaN, feitas ' +
        'ao Farol e a um Prometheus 2.42 ao lado.',
    },
    logqltest: {
      name: 'Roteiros LogQL',
      whose: 'Loki',
      asks: 'Todos os `eval` do logqltest, instantâneos e de intervalo.',
    },
    'logql-fuzz': {
      name: 'LogQL, consultas aleatórias',
      whose: 'nossa gramática, com um avaliador lento e óbvio como juiz',
      asks: 'Pipelines e consultas de métricas aleatórias sobre linhas aleatórias.',
    },
    traceql: {
      name: 'Consultas TraceQL',
      whose: 'Tempo',
      asks: 'Para cada consulta o veredito do Tempo: é lida, não é lida, não faz sentido, não é suportada.',
    },
    jaeger: {
      name: 'Consultas Jaeger',
      whose: 'Jaeger',
      asks:
        'A suíte de integração de armazenamento do Jaeger: seus traces são enviados por OTLP, e cada consulta deve achar ' +
        'exatamente os traces que lista, inteiros.',
    },
    openapi: {
      name: 'Esquema da API do Prometheus',
      whose: 'Prometheus',
      asks: 'Respostas e erros de todos os endpoints, comparados com o OpenAPI 3.1 do Prometheus.',
    },
    openmetrics: {
      name: 'Leitor de OpenMetrics',
      whose: 'OpenMetrics',
      asks: 'Corpos que devem ser lidos e corpos que devem ser recusados.',
    },
    exposition: {
      name: 'Corpos de exposição',
      whose: 'Prometheus',
      asks: 'Corpos inteiros de programas reais, lidos linha por linha.',
    },
    'scrape-config': {
      name: 'Configurações de coleta',
      whose: 'Prometheus',
      asks: 'O veredito que o promtool dá a cada arquivo.',
    },
    'rule-files': {
      name: 'Arquivos de regras',
      whose: 'Prometheus, Mimir, prometheus/compliance',
      asks: 'O veredito que o promtool dá a cada arquivo.',
    },
    otlp: {
      name: 'Exemplos OTLP',
      whose: 'opentelemetry-proto',
      asks:
        'Cada exemplo é aceito por HTTP; spans e registros de log voltam campo por campo, métricas viram as séries que o ' +
        'Prometheus faria delas.',
    },
    'log-patterns': {
      name: 'Modelos de log',
      whose: 'logpai/loghub',
      asks:
        'Linhas com modelo conhecido. Uma linha passa quando o seu grupo é exatamente o verdadeiro, por isso nem todas ' +
        'podem: os melhores números publicados, do Drain, são 100 % (Apache), 99,8 % (HDFS) e 78,8 % (OpenSSH), e o Farol ' +
        'deve alcançar cada um.',
    },
  },
};

export const pageWords: Readonly<Record<Language, PageWords>> = { en, pt };

/** By the English sentence in the test. */
export const deviationsInPortuguese: Readonly<Record<string, string>> = {
  'since 3.0 any text is a label name': 'desde a 3.0 qualquer texto é um nome de label',
  'since 2.47 atan2 drops the metric name, as other arithmetic does':
    'desde a 2.47 atan2 retira o nome da métrica, como a outra aritmética',
  'since 2.51 rate and increase stretch by half an interval at most before they look for a counter’s zero':
    'desde a 2.51 rate e increase estendem no máximo meio intervalo antes de procurar o zero de um contador',
  'since 2.51 a window pinned by @ stays where it is while another argument moves':
    'desde a 2.51 uma janela fixada por @ fica onde está enquanto outro argumento se move',
  'since 3.5 topk and bottomk with no k of one or more have no answer, before anything is wrong with k':
    'desde a 3.5 topk e bottomk sem um k de pelo menos um não têm resposta, antes que algo esteja errado com k',
  'since 3.9 what a comparison leaves out counts as matched too':
    'desde a 3.9 o que uma comparação deixa de fora também conta como casado',
  'since 3.5 averages are summed first and then divided: the last digits differ, and with them what is equal':
    'desde a 3.5 médias são somadas primeiro e divididas depois: os últimos dígitos diferem, e com eles o que é igual',
  'the last digits of what was computed, which count_values makes labels of, differ':
    'os últimos dígitos do que foi calculado, de que count_values faz labels, diferem',
  'since 2.52 count_values by labels that sort after its own does not lose them':
    'desde a 2.52 count_values por labels que vêm depois do seu próprio não as perde',
  'timestamp() of a selector with @ keeps its offset here; Prometheus forgets it':
    'timestamp() de um seletor com @ mantém o seu offset aqui; o Prometheus o esquece',
  'metric names that go, go at the very end here, and till then tell series apart (delayed name removal)':
    'nomes de métricas que saem, saem aqui só no fim, e até lá distinguem séries (remoção tardia do nome)',
  'which of several equal values topk and bottomk take is up to the order of the series':
    'qual de vários valores iguais topk e bottomk escolhem depende da ordem das séries',
  'since 2.54 a compensated sum that overflows is infinite, not NaN':
    'desde a 2.54 uma soma compensada que transborda é infinita, não NaN',
  'since 3.0 the deviation of a lone NaN or infinity is NaN, not 0':
    'desde a 3.0 o desvio de um único NaN ou infinito é NaN, não 0',
  'times are so much larger than what they deviate by that the last digits differ with the order of the series':
    'os tempos são tão maiores do que o seu desvio que os últimos dígitos mudam com a ordem das séries',
  'the last digits, which depend on the order of a sum, decide whether % leaves nothing or nearly all':
    'os últimos dígitos, que dependem da ordem de uma soma, decidem se % não deixa nada ou deixa quase tudo',
  'what @ pins inside a subquery with an offset is mistaken by Prometheus where the subquery begins at the query’s time':
    'o que @ fixa dentro de uma subconsulta com offset é confundido pelo Prometheus onde a subconsulta começa na hora da consulta',
  'a subquery in whose window no step falls has no points here; Prometheus answers one after its end':
    'uma subconsulta em cuja janela não cai nenhum passo não tem pontos aqui; o Prometheus responde um depois do fim dela',
  'the schema wants the time of a string answer to be a string; Prometheus writes a number, and clients read one':
    'o esquema quer que a hora de uma resposta de texto seja um texto; o Prometheus escreve um número, e os clientes leem um',
};
