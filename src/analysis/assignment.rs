//! The cheapest way to pair rows with columns: the Hungarian method with potentials, O(n³), n being a handful of people.

/// Pairs rows with columns so that the sum of costs is least and as many as allowed are paired.
/// `costs[row][column]`; an infinite or NaN cost forbids the pair. Answers the column of each row.
pub fn assign(costs: &[Vec<f32>]) -> Vec<Option<usize>> {
    let rows = costs.len();
    let columns = costs.iter().map(Vec::len).max().unwrap_or(0);
    let n = rows.max(columns);
    if columns == 0 {
        return vec![None; rows];
    }
    // A forbidden pair must cost more than any sum of allowed ones, yet stay finite for the potentials.
    let allowed = |r: usize, c: usize| costs.get(r).and_then(|row| row.get(c)).copied().filter(|v| v.is_finite());
    let most = costs.iter().flatten().filter(|v| v.is_finite()).fold(1.0_f64, |m, v| m.max(f64::from(v.abs())));
    let forbidden = most * 4.0 * (n as f64 + 1.0);
    let cost = |r: usize, c: usize| allowed(r, c).map_or(forbidden, f64::from);

    // Rows and columns count from 1; column 0 is where the row being placed waits.
    let (mut row_of, mut u, mut v) = (vec![0; n + 1], vec![0.0; n + 1], vec![0.0; n + 1]);
    for row in 1..=n {
        row_of[0] = row;
        let mut at = 0;
        let (mut least, mut from, mut done) = (vec![f64::INFINITY; n + 1], vec![0; n + 1], vec![false; n + 1]);
        loop {
            done[at] = true;
            let (here, mut delta, mut next) = (row_of[at], f64::INFINITY, 0);
            for column in 1..=n {
                if done[column] {
                    continue;
                }
                let reduced = cost(here - 1, column - 1) - u[here] - v[column];
                if reduced < least[column] {
                    (least[column], from[column]) = (reduced, at);
                }
                if least[column] < delta {
                    (delta, next) = (least[column], column);
                }
            }
            for column in 0..=n {
                if done[column] {
                    u[row_of[column]] += delta;
                    v[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            row_of[at] = row_of[from[at]];
            at = from[at];
        }
    }
    let mut answer = vec![None; rows];
    for (column, &row) in row_of.iter().enumerate().take(n + 1).skip(1) {
        if row >= 1 && row <= rows && allowed(row - 1, column - 1).is_some() {
            answer[row - 1] = Some(column - 1);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::assign;

    const NO: f32 = f32::INFINITY;

    /// Every pairing tried, for comparison.
    fn least(costs: &[Vec<f32>], row: usize, used: &mut Vec<usize>) -> (usize, f32) {
        let Some(line) = costs.get(row) else { return (0, 0.0) };
        let mut best = least(costs, row + 1, used);
        for (column, cost) in line.iter().enumerate() {
            if cost.is_finite() && !used.contains(&column) {
                used.push(column);
                let (count, sum) = least(costs, row + 1, used);
                used.pop();
                if count + 1 > best.0 || (count + 1 == best.0 && sum + cost < best.1) {
                    best = (count + 1, sum + cost);
                }
            }
        }
        best
    }

    #[test]
    fn takes_the_cheapest_sum_not_the_cheapest_pair() {
        assert_eq!(assign(&[vec![1.0, 2.0], vec![1.1, 9.0]]), [Some(1), Some(0)]);
        assert_eq!(assign(&[vec![1.0, NO], vec![0.5, NO], vec![NO, NO]]), [None, Some(0), None]);
        assert_eq!(assign(&[]), Vec::<Option<usize>>::new());
        assert_eq!(assign(&[vec![], vec![]]), [None, None]);
    }

    #[test]
    fn agrees_with_trying_everything() {
        let mut seed = 7_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 16_777_216.0
        };
        for case in 0..300 {
            let (rows, columns) = (1 + case % 5, 1 + (case / 5) % 5);
            let costs: Vec<Vec<f32>> =
                (0..rows).map(|_| (0..columns).map(|_| if next() < 0.25 { NO } else { next() }).collect()).collect();
            let answer = assign(&costs);
            let count = answer.iter().flatten().count();
            let sum: f32 = answer.iter().enumerate().filter_map(|(r, c)| c.map(|c| costs[r][c])).sum();
            let (want_count, want) = least(&costs, 0, &mut Vec::new());
            assert_eq!(count, want_count, "{costs:?}");
            assert!((sum - want).abs() < 1e-4, "{costs:?}: {sum} against {want}");
        }
    }
}
