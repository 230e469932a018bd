package io.fiddler.kernel.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Pieces of experts that are computed together, by regions whose units are numbered through all
/// pieces.
final class ExpertRound {
  private final List<ExpertPiece> pieces = new ArrayList<>();

  /// Running totals over the pieces, each with one entry more than there are pieces.
  private int[] rows = new int[16];

  private int[] gateUpUnits = new int[16];

  /// Pieces that write the same rows of the output belong to one chain, and run in order.
  private int[] chainOf = new int[16];

  private int numChains;
  private int xLength;
  private int hLength;
  private int blockCols;

  void clear() {
    pieces.clear();
    numChains = 0;
    xLength = 0;
    hLength = 0;
    blockCols = 1;
  }

  void add(ExpertPiece piece) {
    int n = pieces.size();
    if (n + 1 == rows.length) {
      rows = Arrays.copyOf(rows, 2 * rows.length);
      gateUpUnits = Arrays.copyOf(gateUpUnits, 2 * gateUpUnits.length);
      chainOf = Arrays.copyOf(chainOf, 2 * chainOf.length);
    }
    rows[n + 1] = rows[n] + piece.count();
    gateUpUnits[n + 1] = gateUpUnits[n] + piece.gateUpUnits();
    xLength += piece.xLength();
    hLength += piece.hLength();
    blockCols = Math.max(blockCols, piece.blockCols());
    chainOf[n] = numChains++;
    for (int i = 0; i < n; i++) {
      if (chainOf[i] != chainOf[n] && pieces.get(i).overlaps(piece)) {
        join(chainOf[n], chainOf[i], n);
      }
    }
    pieces.add(piece);
  }

  /// Makes one chain of two, keeping their numbers dense.
  private void join(int from, int into, int last) {
    int kept = Math.min(from, into);
    int gone = Math.max(from, into);
    numChains--;
    for (int i = 0; i <= last; i++) {
      if (chainOf[i] == gone) {
        chainOf[i] = kept;
      } else if (chainOf[i] > gone) {
        chainOf[i]--;
      }
    }
  }

  int numPieces() {
    return pieces.size();
  }

  ExpertPiece piece(int index) {
    return pieces.get(index);
  }

  int numChains() {
    return numChains;
  }

  int chainOf(int piece) {
    return chainOf[piece];
  }

  /// Columns of the output that are computed at a time: as the piece with the most work has it.
  int blockCols() {
    return blockCols;
  }

  /// Elements of activations so far, which is where the next piece's begin.
  int xLength() {
    return xLength;
  }

  /// Elements of inner activations so far, which is where the next piece's begin.
  int hLength() {
    return hLength;
  }

  int numRows() {
    return rows[pieces.size()];
  }

  /// The piece that row `row` of the round belongs to.
  int pieceOfRow(int row) {
    return indexBelow(rows, row);
  }

  int rowWithinPiece(int row, int piece) {
    return row - rows[piece];
  }

  int numGateUpUnits() {
    return gateUpUnits[pieces.size()];
  }

  /// The piece that unit `unit` of the gate and up region belongs to.
  int pieceOfGateUpUnit(int unit) {
    return indexBelow(gateUpUnits, unit);
  }

  int gateUpUnitWithinPiece(int unit, int piece) {
    return unit - gateUpUnits[piece];
  }

  private int indexBelow(int[] totals, int value) {
    int found = Arrays.binarySearch(totals, 0, pieces.size() + 1, value);
    return found >= 0 ? found : -found - 2;
  }
}
