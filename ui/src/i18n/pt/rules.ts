import type { rules as en } from '../en/rules.ts';

export const rules: { [K in keyof typeof en]: (typeof en)[K] } = {
  rules: 'Regras',
  rulesTellNobody: 'Os alertas são avaliados, gravados como ALERTS e mostrados aqui; esta versão não avisa ninguém.',
  rulesNone: 'Ainda não há regras',
  rulesNoneHint:
    'O Farol avalia arquivos de regras do Prometheus como eles são: inicie com --rules ou cite-os em rule_files no arquivo passado a --scrape-config.',
  rulesNoMatch: 'Nenhuma regra encontrada',
  rulesSearch: 'Nome, grupo, consulta, rótulo…',
  rulesLeft: (n) => (n === 1 ? 'Mais 1 regra; refine a busca.' : `Mais ${n} regras; refine a busca.`),
  ruleState: 'Estado',
  ruleAny: 'Todas',
  ruleFiring: 'Disparando',
  rulePending: 'Pendente',
  ruleFailing: 'Com erro',
  ruleInactive: 'Inativa',
  ruleRecords: 'Grava',
  ruleUnknown: 'Ainda não avaliada',
  ruleFor: (duration) => `por ${duration}`,
  ruleEvery: (duration) => `a cada ${duration}`,
  ruleLast: (ago, took) => `avaliado ${ago}, levou ${took}`,
  ruleExplore: 'Abrir no explorador de métricas',
  alertsOf: (name) => `Alertas de ${name}`,
  alertSince: (moment) => `desde ${moment}`,
  alertsLeft: (n) => (n === 1 ? 'e mais 1 alerta' : `e mais ${n} alertas`),
};
