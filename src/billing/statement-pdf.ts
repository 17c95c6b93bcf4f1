/**
 * An invoice as PDF, made with the library `pdfkit`. Its date is that of the statement, so the same invoice gives the
 * same bytes.
 */
import { BillingError } from './billing-error.js';
import type { Invoice } from './invoice.js';
import { RIGHT_COLUMNS, statementView } from './statement-view.js';

const MARGIN = 50;
/** Column widths of the totals, in points of 1/72 inch; A4 minus its margins is 495. */
const WIDTHS = [50, 105, 100, 50, 90, 100] as const;
const LABEL_WIDTH = 170;
const ROW_HEIGHT = 15;
const BODY_SIZE = 9;
const TITLE_SIZE = 16;

/** @throws BillingError `library` if `pdfkit` is not installed */
export async function invoicePdf(invoice: Invoice): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit').catch((error: unknown) => {
    throw new BillingError('library', 'an invoice as PDF needs the library pdfkit: npm install pdfkit', {
      cause: error,
    });
  });
  const { title, facts, totals, sums, proof } = statementView(invoice);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: { Title: title, Creator: 'assay', Producer: 'assay', CreationDate: new Date(invoice.statement.issuedAt) },
  });
  const parts: Uint8Array[] = [];
  document.on('data', (part: Uint8Array) => parts.push(part));
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  const bottom = document.page.height - MARGIN;
  /** The position of the next row; on a new page if this one is full. */
  const rowAt = (height: number): number => {
    if (document.y + height > bottom) document.addPage();
    return document.y;
  };
  const pairs = (rows: readonly (readonly [string, string])[]) => {
    for (const [label, value] of rows) {
      const y = rowAt(ROW_HEIGHT);
      document.fillColor('#555').text(winAnsi(label), MARGIN, y, { width: LABEL_WIDTH });
      document.fillColor('#111').text(winAnsi(value), MARGIN + LABEL_WIDTH, y, { width: 495 - LABEL_WIDTH });
    }
    document.moveDown();
  };
  const row = (cells: readonly string[], colour: string) => {
    const y = rowAt(ROW_HEIGHT);
    let x = MARGIN;
    cells.forEach((cell, i) => {
      const align = RIGHT_COLUMNS.includes(i) ? 'right' : 'left';
      const options = { width: WIDTHS[i] - 4, height: ROW_HEIGHT, align, lineBreak: false, ellipsis: true } as const;
      document.fillColor(colour).text(winAnsi(cell), x, y, options);
      x += WIDTHS[i];
    });
    document.x = MARGIN;
    document.y = y + ROW_HEIGHT;
  };
  document.font('Helvetica-Bold').fontSize(TITLE_SIZE).text(winAnsi(title));
  document.font('Helvetica').fontSize(BODY_SIZE).moveDown();
  pairs(facts);
  row(totals.head, '#555');
  for (const cells of totals.rows) row(cells, '#111');
  document.moveDown();
  pairs(sums);
  pairs(proof);
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(parts));
}

/** The standard PDF fonts have only Latin letters; others are escaped. */
function winAnsi(text: string): string {
  return text.replace(
    /[^\u0020-\u007e\u00a0-\u00ff]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
