package org.sparkmto.exchange;

/**
 * Why a rank gave up, in its own words and before its peers see the group break.
 *
 * @param rank which one
 * @param reason what happened
 * @param lasting whether another attempt would end the same way
 */
public record RankFailure(int rank, String reason, boolean lasting) {}
