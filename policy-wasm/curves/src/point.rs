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

    /// Returns twice the point, which is not at infinity: the group has an odd order.
    ///
    /// By the formulas [`dbl-2001-b`], with Z₃ as the product 2 Y Z. Comments give sizes other than 1.
    ///
    /// [`dbl-2001-b`]: https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html#doubling-dbl-2001-b
    #[inline(never)]
    pub(crate) fn double(&self) -> Self {
        let Self { x, y, z } = self;
        let delta = z.square();
        let gamma = y.square();
        let beta_4 = x.mul(&gamma).times(4); // 4
        let alpha = x.sub(&delta).mul(&x.add(&delta)).times(3).carried(); // factors of 1 and 2
        let x3 = alpha.square().sub(&beta_4.times(2)).carried();
        let gamma_8 = gamma.square().times(8); // 8
        Self {
            x: x3,
            y: alpha.mul(&beta_4.sub(&x3)).sub(&gamma_8).carried(), // a factor of 4
            z: y.mul(z).times(2),                                   // 2
        }
    }

    /// Returns the sum of two points, or `None` if it is at infinity.
    ///
    /// By the formulas [`add-1998-cmo-2`].
    ///
    /// [`add-1998-cmo-2`]: https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html#addition-add-1998-cmo-2
    #[inline(never)]
    pub(crate) fn add(&self, other: &Addend<C, LIMBS>) -> Option<Self> {
        let (mut u1, mut s1, mut z) = (self.x, self.y, self.z);
        if let Some([other_z, zz, zzz]) = &other.scale {
            u1 = u1.mul(zz);
            s1 = s1.mul(zzz);
            z = z.mul(other_z);
        }
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&u1);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&s1); // 2
        if h.is_zero() {
            // The points are the same, or opposite.
            return r.is_zero().then(|| self.double());
        }
        let hh = h.square();
        let hhh = hh.mul(&h);
        let v = u1.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.times(2)).carried();
        Some(Self {
            x,
            y: r.mul(&v.sub(&x)).sub(&s1.mul(&hhh)), // 1, since only differences of products are signed
            z: z.mul(&h),
        })
    }
}

impl<C: Curve<LIMBS>, const LIMBS: usize> Addend<C, LIMBS> {
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

    pub(crate) fn negated(&self) -> Self {
        Self {
            y: self.y.times(-1),
            ..*self
        }
    }

    pub(crate) fn into_point(self) -> Point<C, LIMBS> {
        Point {
            x: self.x,
            y: self.y,
            z: self.scale.map_or(Field::ONE, |[z, ..]| z),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{BASE_MULTIPLES, for_each_curve};

    fn is_same<C: Curve<LIMBS>, const LIMBS: usize>(
        one: &Point<C, LIMBS>,
        other: &Point<C, LIMBS>,
    ) -> bool {
        one.add(&Addend::new(other).negated()).is_none()
    }

    for_each_curve! {
        fn multiples_of_the_base_point_are_in_order<C, LIMBS>() {
            let base = Addend::<C, LIMBS>::of_base(0).into_point();
            let twice = Addend::new(&base.double());
            let mut multiple = base;
            for index in 0..BASE_MULTIPLES {
                let known = Addend::of_base(index);
                assert!(is_same(&known.into_point(), &multiple), "{index}");
                // The table has the one form of each coordinate, whose limbs have 28 bits.
                assert!(multiple.add(&known.negated()).is_none(), "{index}");
                multiple = multiple.add(&twice).unwrap();
            }
        }

        fn a_point_and_itself_are_doubled_and_opposite_points_are_at_infinity<C, LIMBS>() {
            let base = Addend::<C, LIMBS>::of_base(0).into_point();
            let triple = base.add(&Addend::new(&base.double())).unwrap();
            for point in [base, triple] {
                let twice = point.add(&Addend::new(&point)).unwrap();
                assert!(is_same(&twice, &point.double()));
                assert!(point.add(&Addend::new(&point).negated()).is_none());
                assert!(!is_same(&twice, &point));
            }
            assert!(is_same(&triple, &Addend::of_base(1).into_point()));
        }
    }
}
