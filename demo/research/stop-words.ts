const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** English function words: they carry grammar, not subject, so neither search nor ranking counts them. */
export const STOP_WORDS: ReadonlySet<string> = words(
  `a about above after again against all also am an and any are aren as at be because been before being below
  between both but by can cannot could couldn did didn do does doesn doing don down during each either else etc
  few for from further had hadn has hasn have haven having he her here hers herself him himself his how however
  i if in into is isn it its itself just ll let like may me might more most must my myself no nor not now of off
  on once only onto or other our ours ourselves out over own per please re s same shall she should shouldn since
  so some such t than that the their theirs them themselves then there these they this those though through to
  too under until up upon us ve very via was wasn we were weren what when where whether which while who whom
  whose why will with within without won would wouldn yet you your yours yourself yourselves eg ie`,
);

/** Words that questions are made of but that say nothing about what is asked. Ignored in questions only. */
export const QUESTION_WORDS: ReadonlySet<string> = words(
  `use uses used using get gets getting make makes making want wants need needs needed work works working happen
  happens happened way ways thing things tell show explain describe know find mean means best good much many
  different difference differences differ compare compared versus vs kind kinds sort something anything someone
  possible able various exactly actually really`,
);
