import { formatSelector, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { CronJob, Job } from '../../../../kube/types.ts';
import { humanDuration, longTime } from '../print/durations.ts';
import type { Describer } from './describer.ts';
import { annotationLines, controllerOf, heading, labelLines, truth } from './parts.ts';
import { describeTemplate } from './pod-template.ts';

const LONGEST = 50;

export const job: Describer<Job> = {
  describe: (sheet, { metadata, spec, status }) => {
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `Selector:\t${formatSelector(selectorFromObject(spec?.selector))}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    const controller = controllerOf(metadata);
    if (controller !== '') sheet.line(0, `Controlled By:\t${controller}`);
    const given = (title: string, value: unknown, unit = ''): void => {
      if (value !== undefined && value !== null) sheet.line(0, `${title}:\t${value}${unit}`);
    };
    given('Parallelism', spec?.parallelism);
    sheet.line(0, `Completions:\t${spec?.completions ?? '<unset>'}`);
    given('Completion Mode', spec?.completionMode);
    given('Suspend', spec?.suspend);
    given('Backoff Limit', spec?.backoffLimit);
    given('TTL Seconds After Finished', spec?.ttlSecondsAfterFinished);
    const {
      startTime,
      completionTime,
      active = 0,
      succeeded = 0,
      failed = 0,
      ready,
      completedIndexes = '',
    } = status ?? {};
    if (startTime) sheet.line(0, `Start Time:\t${longTime(startTime)}`);
    if (completionTime) sheet.line(0, `Completed At:\t${longTime(completionTime)}`);
    if (startTime && completionTime) {
      sheet.line(0, `Duration:\t${humanDuration(Date.parse(completionTime) - Date.parse(startTime))}`);
    }
    given('Active Deadline Seconds', spec?.activeDeadlineSeconds, 's');
    const running = ready === undefined ? `${active} Active` : `${active} Active (${ready} Ready)`;
    sheet.line(0, `Pods Statuses:\t${running} / ${succeeded} Succeeded / ${failed} Failed`);
    if (spec?.completionMode === 'Indexed') sheet.line(0, `Completed Indexes:\t${shortened(completedIndexes)}`);
    describeTemplate(sheet, spec?.template);
  },
};

function shortened(indexes: string): string {
  if (indexes === '') return '<none>';
  const end = indexes.indexOf(',', LONGEST);
  return end < 0 ? indexes : `${indexes.slice(0, end + 1)}...`;
}

export const cronJob: Describer<CronJob> = {
  describe: (sheet, object) => {
    const { spec, status } = object;
    heading(sheet, object);
    const template = spec?.jobTemplate?.spec;
    const seconds = spec?.startingDeadlineSeconds;
    sheet.line(0, `Schedule:\t${spec?.schedule}`);
    sheet.line(0, `Concurrency Policy:\t${spec?.concurrencyPolicy}`);
    sheet.line(0, `Suspend:\t${truth(spec?.suspend)}`);
    sheet.line(0, `Time Zone:\t${spec?.timeZone ?? '<unset>'}`);
    sheet.line(0, `Successful Job History Limit:\t${spec?.successfulJobsHistoryLimit ?? '<unset>'}`);
    sheet.line(0, `Failed Job History Limit:\t${spec?.failedJobsHistoryLimit ?? '<unset>'}`);
    sheet.line(0, `Starting Deadline Seconds:\t${seconds === undefined ? '<unset>' : `${seconds}s`}`);
    sheet.line(
      0,
      `Selector:\t${template?.selector ? formatSelector(selectorFromObject(template.selector)) : '<unset>'}`,
    );
    sheet.line(0, `Parallelism:\t${template?.parallelism ?? '<unset>'}`);
    sheet.line(0, `Completions:\t${template?.completions ?? '<unset>'}`);
    if (template?.activeDeadlineSeconds !== undefined) {
      sheet.line(0, `Active Deadline Seconds:\t${template.activeDeadlineSeconds}s`);
    }
    describeTemplate(sheet, template?.template);
    sheet.line(0, `Last Schedule Time:\t${status?.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>'}`);
    sheet.line(0, `Active Jobs:\t${(status?.active ?? []).map(({ name }) => name).join(', ') || '<none>'}`);
  },
};
