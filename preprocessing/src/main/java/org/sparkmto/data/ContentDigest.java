package org.sparkmto.data;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Digest of the rows of a split, the same in whatever order and in whatever files they stand: the
 * sum modulo 2^256 of the SHA-256 of every row. A row's digest covers its sample identity in UTF-8
 * and the bytes of every column in the order of the manifest, each after its length as a big-endian
 * 32-bit integer.
 */
public final class ContentDigest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private final MessageDigest sha256 = sha256();
  private BigInteger sum = BigInteger.ZERO;

  /** Adds a row. */
  public void add(String sampleId, List<byte[]> columns) {
    part(sampleId.getBytes(StandardCharsets.UTF_8));
    columns.forEach(this::part);
    add(new BigInteger(1, sha256.digest()));
  }

  /**
   * Adds the rows of another digest.
   *
   * @param other its sum, below 2^256
   */
  public void add(BigInteger other) {
    BigInteger total = sum.add(other);
    sum = total.bitLength() > 256 ? total.subtract(MODULUS) : total;
  }

  /** The sum so far. */
  public BigInteger sum() {
    return sum;
  }

  /** The sum so far as 64 hexadecimal digits. */
  public String hex() {
    String digits = sum.toString(16);
    return "0".repeat(64 - digits.length()) + digits;
  }

  /** A SHA-256 as a file's digest in a manifest. */
  public static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** A fresh SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void part(byte[] bytes) {
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    sha256.update(bytes);
  }
}
