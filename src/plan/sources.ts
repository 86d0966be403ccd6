/** Where the formulas come from; docs/seven-nines.md lists them in full. */
export const SOURCES = {
  renewal: 'alternating renewal process (Barlow and Proschan 1975)',
  superposition: 'superposition of renewal processes (Palm 1943)',
  palm: "Palm's theorem, with groups (Feeney and Sherbrooke 1966)",
  beta: 'beta-factor model (Fleming 1974)',
  wald: "Wald's identity on the M/G/1 delay (Takács 1962)",
  brownian: 'reflected Brownian motion (Harrison 1985)',
  erlang: "Erlang's C, M/M/c (Erlang 1917)",
  bulk: 'arrivals in groups, M^[X]/M/c (Kabak 1970; Jensen 1953)',
  geometric: 'geometric trials',
  conservation: 'work conservation (Kleinrock 1976)',
  metastable: 'retry amplification (Bronson et al. 2021; Beyer et al. 2016)',
  tmr: 'majority vote (von Neumann 1956; Lyons and Vanderkulk 1962)',
  common: 'common causes (Fleming 1974; Knight and Leveson 1986)',
  three: 'rule of three (Hanley and Lippman-Hand 1983)',
  arithmetic: 'arithmetic',
} as const;

export type Source = keyof typeof SOURCES;
