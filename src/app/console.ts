import { type Answerer, closeUnanswered, listUnanswered, ratedAnswers } from '../answer/index.ts'
import type { Database } from '../database/index.ts'
import {
  addNote,
  diffVersions,
  type Knowledge,
  publish,
  readAllVersions,
  readVersions,
  rollback,
  saveDraft,
  withdraw,
} from '../knowledge/index.ts'
import type { KnowledgePort, QuestionsPort } from '../staff/index.ts'

/** What the console asks of answers and of the documents. */

export function questionsPort(db: Database, answerer: Answerer): QuestionsPort {
  return {
    unanswered: listUnanswered,
    close: closeUnanswered,
    ratings: ratedAnswers,
    reasonName: (reason) => answerer.reasonName(reason),
    ask: async (text, context) => await answerer.answer(text, context),
    answer: async ({ province, question, answer, source }, by, at) =>
      await addNote(db, { province, question, answer, source }, by, at),
  }
}

export function knowledgePort(db: Database, knowledge: Knowledge): KnowledgePort {
  return {
    versions: async (tx) => await readAllVersions(tx, null), // the officer's own transaction narrows it
    ofDocument: readVersions,
    diff: async (documentId, from, to) => await diffVersions(db, documentId, from, to),
    saveDraft: async (input) => await saveDraft(db, input),
    publish: async (input) => await publish(db, input),
    rollback: async (input) => await rollback(db, input),
    withdraw: async (documentId, province) => await withdraw(db, documentId, province),
    search: async (question, query) => await knowledge.search(question, query),
  }
}
