/** The evaluation: question sets, the judge, and the runner that counts passes. */

export { converseWith } from './conversation.ts'
export { Item, ItemResult, judge, judgeText, norm, type PlanText, readPlan, uncitedNumbers } from './judge.ts'
export { belowBar, type Converse, type Report, report, reportLines, runEval } from './run.ts'
