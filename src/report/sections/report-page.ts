// The report from its data: its sections in their order, as one page, and its figures by themselves.

import { htmlPage } from '../page/document.js';
import { html } from '../page/markup.js';
import type { PageData } from '../page/page-data.js';
import type { PageFigure } from '../page/parts.js';
import { counted } from '../words.js';
import { costSection, reproduceSection } from './closing.js';
import { correlationSection } from './correlation.js';
import { errorsSection } from './errors.js';
import { leaderboardSection, learningSection, matrixSection } from './members.js';
import { robustnessSection } from './robustness.js';
import { featuresSection, rowsSection, slicesSection } from './rows-features.js';
import { scoresSection } from './scores.js';
import type { SectionOf } from './section.js';
import { calibrationSection, uncertaintySection } from './trust.js';
import { verdictOf, verdictSection } from './verdict.js';

const SECTIONS: readonly SectionOf[] = [
  ...[verdictSection, scoresSection, correlationSection, matrixSection, leaderboardSection, learningSection],
  ...[errorsSection, calibrationSection, uncertaintySection, rowsSection, featuresSection, slicesSection],
  ...[robustnessSection, costSection, reproduceSection],
];

export interface RenderedReport {
  /** The page: one file that needs no other. */
  readonly html: string;
  readonly figures: readonly PageFigure[];
  /** What averaging bought, in a sentence. */
  readonly verdict: string;
}

/** Pure: the same data gives the same bytes. */
export function renderReport(data: PageData): RenderedReport {
  const sections = SECTIONS.flatMap((section) => section(data) ?? []);
  const { name, members, task } = data.ensemble;
  const head = html`<strong>${name}</strong> · ${counted(members, 'member')}, ${task.kind} of ${taskText(task)}`;
  return {
    html: htmlPage({ title: `${name}: report of an ensemble`, head, sections, data }),
    figures: sections.flatMap(({ figures }) => figures),
    verdict: verdictOf(data),
  };
}

function taskText({ kind, names }: PageData['ensemble']['task']): string {
  if (kind === 'classification') return `${names.length} classes`;
  return names.length > 3 ? `${names.length} targets` : names.join(', ');
}
