//! Points of a curve y² = x³ − 3x + b.

use crate::curve::Curve;
use crate::field::Field;

/// A point that is not at infinity, in Jacobian coordinates: x = X/Z², y = Y/Z³
///
/// X and Y have size 1, Z at most 2, and none is more than 9 p; see [`Field`]. No limb of X but the last is negative.
/// That bounds all that is multiplied here to 13 p.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point<C, const LIMBS: usize> {
    pub(crate) x: Field<C, LIMBS>,
    pub(crate) y: Field<C, LIMBS>,
    pub(crate) z: Field<C, LIMBS>,
}

/// A point that is added often
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addend<C, const LIMBS: usize> {
    x: Field<C, LIMBS>,
    y: Field<C, LIMBS>,
    /// Z, Z² and Z³, each of size 1; `None` if Z is 1
    scale: Option<[Field<C, LIMBS>; 3]>,
}

impl<C: Curve<LIMBS>, const LIMBS: usize> Point<C, LIMBS> {
    pub(crate) fn from_affine([x, y]: [&[u8]; 2]) -> Self {
        Self {
            x: Field::from_bytes(x),
            y: Field::from_bytes(y),
            z: Field::ONE,
        }
    }

    /// Doubles the point, which is not at infinity: the group has an odd order.
    ///
    /// By the formulas [`dbl-2001-b`], with Z₃ as the product 2 Y Z. Comments give sizes other than 1.
    ///
    /// [`dbl-2001-b`]: https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html#doubling-dbl-2001-b
    #[inline(never)]
    pub(crate) fn double(&mut self) {
        let Self { x, y, z } = self;
        let delta = z.inlined_square();
        let gamma = y.inlined_square();
        let beta_4 = x.inlined_mul(&gamma).times(4); // 4
        let alpha = x.sub(&delta).inlined_mul(&x.add(&delta)).times(3).carried(); // factors of 1 and 2
        let gamma_2 = gamma.times(2).carried();
        *z = y.inlined_mul(z).times(2); // 2
        *x = alpha.inlined_square().sub(&beta_4.times(2)).carried();
        *y = alpha.mul_less_squares(&beta_4.sub(x), &gamma_2); // a factor of 4
    }

    /// Adds another point, or its opposite if `sign` is -1. Returns `false` if the sum is at infinity, and leaves the
    /// point as it is.
    ///
    /// By the formulas [`add-1998-cmo-2`].
    ///
    /// [`add-1998-cmo-2`]: https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html#addition-add-1998-cmo-2
    #[inline(never)]
    pub(crate) fn add(&mut self, other: &Addend<C, LIMBS>, sign: i64) -> bool {
        let zz = self.z.square();
        let x = other.x.mul(&zz);
        let y = other.y.mul(&zz.mul(&self.z)).times(sign);
        let scaled = other.scale.as_ref().map(|[z, zz, zzz]| Self {
            x: self.x.mul(zz),
            y: self.y.mul(zzz),
            z: self.z.mul(z),
        });
        let Self { x: u1, y: s1, z } = scaled.as_ref().unwrap_or(self);
        let h = x.sub(u1);
        let r = y.sub(s1); // 2
        if h.is_zero() {
            // The points are the same, or opposite.
            let is_same = r.is_zero();
            if is_same {
                self.double();
            }
            return is_same;
        }
        let hh = h.square();
        let hhh = hh.mul(&h);
        let v = u1.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.times(2)).carried();
        *self = Self {
            x,
            y: r.mul(&v.sub(&x)).sub(&s1.mul(&hhh)), // 1, since only differences of products are signed
            z: z.mul(&h),
        };
        true
    }
}

impl<C: Curve<LIMBS>, const LIMBS: usize> Addend<C, LIMBS> {
    #[inline(never)]
    pub(crate) fn new(point: &Point<C, LIMBS>) -> Self {
        let zz = point.z.square();
        let zzz = zz.mul(&point.z);
        Self {
            x: point.x,
            y: point.y,
            scale: Some([point.z.carried(), zz, zzz]),
        }
    }

    /// Returns the base point times 2 `index` + 1.
    pub(crate) fn of_base(index: usize) -> Self {
        let [x, y] = &C::ODD_MULTIPLES[index];
        Self {
            x: Field::from_limbs(x),
            y: Field::from_limbs(y),
            scale: None,
        }
    }

    /// Returns the point, or its opposite if `sign` is -1.
    pub(crate) fn to_point(self, sign: i64) -> Point<C, LIMBS> {
        Point {
            x: self.x,
            y: self.y.times(sign),
            z: self.scale.map_or(Field::ONE, |[z, ..]| z),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{BASE_MULTIPLES, for_each_curve};

    impl<C: Curve<LIMBS>, const LIMBS: usize> Point<C, LIMBS> {
        fn twice(mut self) -> Self {
            self.double();
            self
        }

        fn plus(mut self, other: &Self, sign: i64) -> Option<Self> {
            self.add(&Addend::new(other), sign).then_some(self)
        }

        fn is_same(&self, other: &Self) -> bool {
            self.plus(other, -1).is_none()
        }
    }

    for_each_curve! {
        fn multiples_of_the_base_point_are_in_order<C, LIMBS>() {
            let base = Addend::<C, LIMBS>::of_base(0).to_point(1);
            let mut multiple = base;
            for index in 0..BASE_MULTIPLES {
                let known = Addend::of_base(index);
                assert!(known.to_point(1).is_same(&multiple), "{index}");
                // The table has the one form of each coordinate, whose limbs have 28 bits.
                assert!(!{ multiple }.add(&known, -1), "{index}");
                multiple = multiple.plus(&base.twice(), 1).unwrap();
            }
        }

        fn a_point_and_itself_are_doubled_and_opposite_points_are_at_infinity<C, LIMBS>() {
            let base = Addend::<C, LIMBS>::of_base(0).to_point(1);
            let triple = base.plus(&base.twice(), 1).unwrap();
            for point in [base, triple] {
                let twice = point.plus(&point, 1).unwrap();
                assert!(twice.is_same(&point.twice()));
                assert!(point.plus(&point, -1).is_none());
                assert!(!twice.is_same(&point));
            }
            assert!(triple.is_same(&Addend::of_base(1).to_point(1)));
        }
    }
}
