package org.sparkmto.drawing;

/**
 * Letters of 5x7 pixels, and two rows for descenders, for printable ASCII. A server often has no
 * fonts at all, and a picture should not depend on those it has.
 */
final class BitmapFont {
  /** Columns of a letter. */
  static final int WIDTH = 5;

  /** Rows of a letter. */
  static final int HEIGHT = 9;

  /** Rows of a letter that stands on the line; the rest is below. */
  static final int ABOVE = 7;

  private static final int FIRST = ' ';

  /** Letters that stand two rows lower than the others. */
  private static final String DESCENDING = "gpqy";

  /** By letter from the space on: seven rows from the top, two hexadecimal digits each. */
  private static final String[] ROWS =
      """
          00000000000000 04040404040004 0A0A0A00000000 0A0A1F0A1F0A0A 040F140E051E04
          18190204081303 0C12140815120D 04040800000000 02040808080402 08040202020408
          0004150E150400 0004041F040400 00000000060408 0000001F000000 00000000000606
          01010204081010 0E11131519110E 040C040404040E 0E11010204081F 1F02040201110E
          02060A121F0202 1F101E0101110E 0608101E11110E 1F010204080808 0E11110E11110E
          0E11110F01020C 00060600060600 00060600060408 02040810080402 00001F001F0000
          08040201020408 0E110102040004 0E11171517100E 0E11111F111111 1E11111E11111E
          0E11101010110E 1C12111111121C 1F10101E10101F 1F10101E101010 0E11101711110F
          1111111F111111 0E04040404040E 0702020202120C 11121418141211 1010101010101F
          111B1515111111 11191915131311 0E11111111110E 1E11111E101010 0E11111115120D
          1E11111E141211 0F10100E01011E 1F040404040404 1111111111110E 11111111110A04
          1111111515150A 11110A040A1111 11110A04040404 1F01020408101F 0E08080808080E
          10100804020101 0E02020202020E 040A1100000000 0000000000001F 08040200000000
          00000E010F110F 1010161911111E 00000F1010100F 01010D1311110F 00000E111F100E
          0609081C080808 0F1111110F010E 10101619111111 04000C0404040E 0200060202120C
          10101214181412 0C04040404040E 00001A15151515 00001619111111 00000E1111110E
          1E1111111E1010 0F1111110F0101 00001619101010 00000F100E011E 08081C08080906
          0000111111130D 00001111110A04 0000111115150A 0000110A040A11 111111110F010E
          00001F0204081F 02040408040402 04040404040404 08040402040408 00000815020000
      """
          .strip()
          .split("\\s+");

  /** What stands for every other character. */
  private static final String BOX = "1F11111111111F";

  private BitmapFont() {}

  /** Whether a pixel of a character is set. */
  static boolean isSet(int character, int row, int column) {
    int glyph = character - FIRST;
    String rows = glyph >= 0 && glyph < ROWS.length ? ROWS[glyph] : BOX;
    int place = DESCENDING.indexOf(character) >= 0 ? row - (HEIGHT - ABOVE) : row;
    if (place < 0 || place >= ABOVE) {
      return false;
    }
    int bits = Integer.parseInt(rows, 2 * place, 2 * place + 2, 16);
    return (bits >> (WIDTH - 1 - column) & 1) != 0;
  }
}
